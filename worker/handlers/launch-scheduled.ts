import type { z } from 'zod';
import { mintSystemScope } from '@/lib/auth/scope';
import { launchDue } from '@/lib/campaigns/due';
import type { launchScheduled } from '@/lib/jobs/definitions';
import type { Handler } from '../handler';

export const handleLaunchScheduled: Handler<z.infer<typeof launchScheduled.payload>> = async (payload) => {
  await launchDue(mintSystemScope(payload.workspaceId), payload.campaignId);
  return true;
};
