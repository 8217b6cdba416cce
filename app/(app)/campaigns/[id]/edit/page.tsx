import { redirect } from 'next/navigation';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { maySendToLists } from '@/lib/auth/policy';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { authorChoices } from '@/lib/messages/author-choices';
import { campaignIdOf } from '../campaign-id';
import { Composer } from './composer';

export const metadata = { title: 'Write' };

export default authorizedPage('campaigns:write', async (scope, { params, member }) => {
  const id = campaignIdOf(params);
  const [found, choices] = await Promise.all([findCampaign(scope, id), authorChoices(scope)]);
  const campaign = valueOrNotFound(found);
  if (campaign.status !== 'draft' || !maySendToLists(scope, campaign.listIds)) redirect(`/campaigns/${id}`);
  const { revision, name, subject, preheader, content, offerText, offerUntil, senderId } = campaign;
  // A list that was archived since cannot be chosen any more.
  const listIds = campaign.lists.filter((list) => !list.archived).map((list) => list.id);
  return (
    <Composer
      key={id}
      id={id}
      revision={revision}
      initial={{ name, subject, preheader, content, offerText, offerUntil, senderId, listIds }}
      choices={choices}
      reachesAll={scope.lists === 'all'}
      ownAddress={member.session.user.email}
    />
  );
});
