import type { Campaign } from '@/lib/campaigns/campaigns';

/** What is edited of a campaign: the same for whoever opens it and for a window that asks what has changed since. */
export function draftOf(campaign: Campaign) {
  const { name, subject, preheader, content, offerText, offerUntil, senderId, lists } = campaign;
  // A list that was archived since cannot be chosen any more.
  const listIds = lists.filter((list) => !list.archived).map((list) => list.id);
  return { name, subject, preheader, content, offerText, offerUntil, senderId, listIds };
}
