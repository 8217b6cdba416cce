import { eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { deliveries } from '../db/schema/deliveries';
import type { CampaignId } from '../ids';
import { requeue } from './requeue';

/** Tries everybody of a campaign once more whose delivery failed. */
export const retryFailed = (scope: Scope, campaignId: CampaignId) =>
  requeue(scope, campaignId, {
    who: eq(deliveries.state, 'failed'),
    nobody: 'Nobody of this campaign is failed any more. Reload the page to see how it stands.',
    detail: { of: 'failed' },
  });
