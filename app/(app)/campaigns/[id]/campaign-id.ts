import { notFound as noPage } from 'next/navigation';
import type { Scope } from '@/lib/auth/scope';
import { type Campaign, findCampaign } from '@/lib/campaigns/campaigns';
import { notFound, type Result } from '@/lib/errors';
import { CampaignId } from '@/lib/ids';

/** The campaign that the address names; what cannot be an id is a page that does not exist. */
export function campaignIdOf(params: { id?: unknown }): CampaignId {
  const id = CampaignId.safeParse(params.id);
  return id.success ? id.data : noPage();
}

/** The same for a route, which answers with a Result. */
export async function campaignOf(scope: Scope, params: { id?: unknown }): Promise<Result<Campaign>> {
  const id = CampaignId.safeParse(params.id);
  return id.success ? findCampaign(scope, id.data) : notFound('campaign');
}
