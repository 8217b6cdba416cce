import { redirect } from 'next/navigation';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { maySendToLists } from '@/lib/auth/policy';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { authorChoices } from '@/lib/messages/author-choices';
import { campaignIdOf } from '../campaign-id';
import { Composer } from './composer';
import { draftOf } from './draft-of';
import { TextComposer } from './text-composer';

export const metadata = { title: 'Write' };

export default authorizedPage('campaigns:write', async (scope, { params, member }) => {
  const id = campaignIdOf(params);
  const campaign = valueOrNotFound(await findCampaign(scope, id));
  if (campaign.status !== 'draft' || !maySendToLists(scope, campaign.listIds)) redirect(`/campaigns/${id}`);
  const choices = await authorChoices(scope, campaign.channel);
  const shared = {
    id,
    revision: campaign.revision,
    initial: draftOf(campaign),
    choices,
    reachesAll: scope.lists === 'all',
  };
  if (campaign.channel === 'sms') return <TextComposer key={id} {...shared} from={member.workspace.name} />;
  return <Composer key={id} {...shared} ownAddress={member.session.user.email} />;
});
