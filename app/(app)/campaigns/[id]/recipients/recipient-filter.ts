import { namedDomains } from '@/lib/analytics/campaign-domains';
import type { Scope } from '@/lib/auth/scope';
import type { DeliveryFilter } from '@/lib/deliveries/deliveries';
import type { CampaignId } from '@/lib/ids';
import type { Search } from './recipient-search';

/** What an address asks for. Read once, so that all pages of a download mean the same people. */
export async function filterOf(
  scope: Scope,
  id: CampaignId,
  { others, ...search }: Search,
): Promise<DeliveryFilter> {
  if (others === 'lists') return { ...search, otherLists: true };
  if (others === 'domains') return { ...search, notAt: await namedDomains(scope, id) };
  return search;
}
