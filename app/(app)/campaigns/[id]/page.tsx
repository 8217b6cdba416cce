import { Stack } from '@mantine/core';
import { redirect } from 'next/navigation';
import { Suspense } from 'react';
import { CampaignListReport } from '@/components/campaign-list-report';
import { CampaignReasons } from '@/components/campaign-reasons';
import { CampaignDomains, CampaignReport } from '@/components/campaign-report';
import { CampaignSummary } from '@/components/campaign-summary';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { campaignDomains } from '@/lib/analytics/campaign-domains';
import { campaignListReports } from '@/lib/analytics/campaign-lists';
import { campaignReport } from '@/lib/analytics/campaign-report';
import { may, maySendToLists } from '@/lib/auth/policy';
import type { Scope } from '@/lib/auth/scope';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { exampleMessage } from '@/lib/campaigns/example-message';
import { canLimit } from '@/lib/campaigns/limits';
import { campaignStats } from '@/lib/campaigns/stats';
import { countBouncedForGood, countReasons } from '@/lib/deliveries/reasons';
import type { CampaignId } from '@/lib/ids';
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
  const [stats, report, reasons, forGood, byList, example] = await Promise.all([
    campaignStats(scope, id),
    campaignReport(scope, id),
    countReasons(scope, id),
    countBouncedForGood(scope, id),
    campaignListReports(scope, id),
    exampleMessage(scope, id),
  ]);
  const { timeZone } = member.workspace;
  const numbers = valueOrNotFound(stats);
  const reactions = valueOrNotFound(report);
  return (
    <Stack gap="md">
      <CampaignLive
        id={id}
        name={campaign.name}
        timeZone={timeZone}
        initial={liveStats(numbers)}
        channel={campaign.channel}
        tracks={reactions.tracked}
        reports={campaign.sender?.provider === 'sandbox' || campaign.sender?.provider === 'twilio'}
        can={{ act: canAct, duplicate: may(scope, 'campaigns:write'), settings: may(scope, 'settings:read') }}
      />
      {numbers.sent > 0 && (
        <CampaignReport id={id} report={reactions} sent={numbers.sent} timeZone={timeZone} />
      )}
      <CampaignReasons
        id={id}
        channel={campaign.channel}
        {...{ reasons, forGood }}
        bounced={numbers.bounced}
      />
      {numbers.sent > 0 && (
        <CampaignListReport id={id} lists={byList} showsOpened={campaign.channel === 'email'} />
      )}
      {numbers.sent > 0 && campaign.channel === 'email' && (
        <Suspense>
          <Domains scope={scope} id={id} />
        </Suspense>
      )}
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

/** Comes when it is there: it takes longer, the more people there are. */
async function Domains({ scope, id }: { scope: Scope; id: CampaignId }) {
  return <CampaignDomains id={id} domains={await campaignDomains(scope, id)} />;
}
