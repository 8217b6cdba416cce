import type { z } from 'zod';
import { mintSystemScope } from '@/lib/auth/scope';
import { runLaunch } from '@/lib/campaigns/launch';
import type { launchCampaign } from '@/lib/jobs/definitions';
import type { Handler } from '../handler';

export const handleLaunchCampaign: Handler<z.infer<typeof launchCampaign.payload>> = (payload, { stop }) =>
  runLaunch(mintSystemScope(payload.workspaceId), payload.campaignId, stop);
