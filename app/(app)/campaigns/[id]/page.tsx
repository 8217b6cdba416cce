import { Stack } from '@mantine/core';
import { redirect } from 'next/navigation';
import { CampaignReasons } from '@/components/campaign-reasons';
import { CampaignSummary } from '@/components/campaign-summary';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { may, maySendToLists } from '@/lib/auth/policy';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { exampleMessage } from '@/lib/campaigns/example-message';
import { canLimit } from '@/lib/campaigns/limits';
import { campaignStats } from '@/lib/campaigns/stats';
import { countReasons } from '@/lib/deliveries/reasons';
import { liveStats } from '../live-stats';
import { campaignIdOf } from './campaign-id';
import { CampaignLimits } from './campaign-limits';
import { CampaignLive } from './campaign-live';

export const metadata = { title: 'Campaign' };

export default authorizedPage('campaigns:read', async (scope, { params, member }) => {
  const id = campaignIdOf(params);
  const campaign = valueOrNotFound(await findCampaign(scope, id));
  const canAct = maySendToLists(scope, campaign.listIds);
  if (campaign.status === 'draft' && canAct) redirect(`/campaigns/${id}/edit`);
  const [stats, reasons, example] = await Promise.all([
    campaignStats(scope, id),
    countReasons(scope, id),
    exampleMessage(scope, id),
  ]);
  const { timeZone } = member.workspace;
  return (
    <Stack gap="md">
      <CampaignLive
        id={id}
        name={campaign.name}
        timeZone={timeZone}
        initial={liveStats(valueOrNotFound(stats))}
        channel={campaign.channel}
        reports={campaign.sender?.provider === 'sandbox' || campaign.sender?.provider === 'twilio'}
        can={{ act: canAct, duplicate: may(scope, 'campaigns:write'), settings: may(scope, 'settings:read') }}
      />
      <CampaignReasons id={id} channel={campaign.channel} reasons={reasons} />
      <CampaignSummary
        campaign={campaign}
        example={example.ok ? example.value : null}
        company={member.workspace.name}
        timeZone={timeZone}
        limits={
          <CampaignLimits
            id={id}
            limits={campaign.limits}
            sender={campaign.sender}
            canChange={canLimit(campaign.status) && canAct}
          />
        }
      />
    </Stack>
  );
});
