import { mintSystemScope } from '@/lib/auth/scope';
import { pauseCampaign } from '@/lib/campaigns/status';
import type { CampaignId, ImportId, WorkspaceId } from '@/lib/ids';
import { failImport } from '@/lib/imports/run-import';

const ours = 'Something went wrong on our side, again and again; the log of the server says what.';

export const giveUpImport = ({ workspaceId, importId }: { workspaceId: WorkspaceId; importId: ImportId }) =>
  failImport(
    mintSystemScope(workspaceId),
    importId,
    `${ours} What was imported until then is there. Import the file again once it is mended.`,
  );

export const giveUpSending = ({
  workspaceId,
  campaignId,
}: {
  workspaceId: WorkspaceId;
  campaignId: CampaignId;
}) =>
  pauseCampaign(
    mintSystemScope(workspaceId),
    campaignId,
    `${ours} Nobody was lost. Resume to go on once it is mended.`,
  );
