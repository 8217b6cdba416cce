import { notFound } from 'next/navigation';
import { CampaignId } from '@/lib/ids';

/** The campaign that the address names; what cannot be an id is a page that does not exist. */
export function campaignIdOf(params: { id?: unknown }): CampaignId {
  const id = CampaignId.safeParse(params.id);
  return id.success ? id.data : notFound();
}
