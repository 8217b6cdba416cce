import { and, eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';
import { type PreparedMessage, prepareMessage } from '../messages/prepare';
import { type PreparedText, prepareText } from '../messages/text-message';

export type PreparedCampaign =
  | { channel: 'email'; message: PreparedMessage }
  | { channel: 'sms'; message: PreparedText };

const prepared = new Map<string, PreparedCampaign>();
const most = 50;

/** The frozen message of a campaign, its Liquid parsed once per process. Undefined: it was never launched. */
export async function preparedMessage(
  scope: Scope,
  campaignId: CampaignId,
): Promise<PreparedCampaign | undefined> {
  const known = prepared.get(campaignId);
  if (known) return known;
  const [row] = await inScope(scope, (tx) =>
    tx
      .select({ compiled: campaigns.compiled })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, campaignId))),
  );
  if (!row?.compiled) return undefined;
  const { compiled } = row;
  const message: PreparedCampaign =
    compiled.channel === 'sms'
      ? { channel: 'sms', message: prepareText(compiled) }
      : { channel: 'email', message: prepareMessage(compiled) };
  const oldest = prepared.keys().next().value;
  if (prepared.size >= most && oldest !== undefined) prepared.delete(oldest);
  prepared.set(campaignId, message);
  return message;
}
