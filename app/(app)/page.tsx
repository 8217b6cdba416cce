import { Anchor, Paper, SimpleGrid, Stack } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { formatCount } from '@/components/campaign-words';
import { EmptyState } from '@/components/empty-state';
import { Link } from '@/components/link';
import { NoGrantedLists } from '@/components/no-granted-lists';
import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { openAlerts } from '@/lib/alerts/list-alerts';
import { may } from '@/lib/auth/policy';
import { type CampaignRow, listCampaigns } from '@/lib/campaigns/campaigns';
import { campaignProgress } from '@/lib/campaigns/progress';
import { nextScheduled } from '@/lib/campaigns/scheduled';
import { waitingCampaigns } from '@/lib/campaigns/waiting';
import { firstSteps } from '@/lib/workspaces/first-steps';
import { hasSampleData } from '@/lib/workspaces/sample-data';
import { NewCampaign } from './campaigns/new-campaign';
import { HomeAlerts } from './home-alerts';
import { HomeDrafts, HomeRecent, HomeScheduled } from './home-campaigns';
import { HomeFirstSteps } from './home-first-steps';
import { HomeLastDays } from './home-last-days';
import { HomeSample } from './home-sample';
import { HomeSending } from './home-sending';
import { HomeWaiting } from './home-waiting';

export const metadata = { title: 'Home' };

const shown = 5;

export default authorizedPage('campaigns:read', async (scope, { member }) => {
  const setsUp = may(scope, 'settings:write');
  const [steps, hasSample, alerts, waiting, scheduled, sending, paused, drafts, completed, cancelled] =
    await Promise.all([
      setsUp ? firstSteps(scope) : undefined,
      setsUp && hasSampleData(scope),
      may(scope, 'system:read') ? openAlerts(scope) : [],
      waitingCampaigns(scope),
      nextScheduled(scope, shown),
      listCampaigns(scope, { status: 'sending' }),
      listCampaigns(scope, { status: 'paused' }),
      listCampaigns(scope, { status: 'draft' }),
      listCampaigns(scope, { status: 'completed' }),
      listCampaigns(scope, { status: 'cancelled' }),
    ]);
  const ended = (row: CampaignRow) => (row.completedAt ?? row.updatedAt).getTime();
  const recent = [...completed.rows, ...cancelled.rows.filter((row) => row.startedAt !== null)]
    .sort((a, b) => ended(b) - ended(a))
    .slice(0, shown);
  const progress = await campaignProgress(
    scope,
    recent.map((row) => row.id),
  );
  // Each campaign stands once on the page, with what matters most about it.
  const stopped = new Set<string>(waiting.filter(({ problem }) => problem !== null).map(({ id }) => id));
  const untold = alerts.filter(({ subjectId }) => subjectId === null || !stopped.has(subjectId));
  const idle = paused.rows.filter(({ id }) => !stopped.has(id));
  const { contactCount, timeZone } = member.workspace;
  const reachesAll = scope.lists === 'all';
  const isNew = steps && Object.values(steps).includes(false);
  const hasNoList = scope.lists !== 'all' && scope.lists.size === 0;
  const isQuiet =
    !hasNoList &&
    [waiting, scheduled, sending.rows, paused.rows, drafts.rows, recent].every((rows) => rows.length === 0);
  return (
    <>
      <PageHeader
        title={`Hello, ${member.session.user.name.split(' ')[0]}`}
        description={
          reachesAll &&
          contactCount > 0 && (
            <Anchor component={Link} href="/contacts" inherit className="numbers">
              {formatCount(contactCount)} {contactCount === 1 ? 'contact' : 'contacts'}
            </Anchor>
          )
        }
        actions={may(scope, 'campaigns:write') && <NewCampaign />}
      />
      <Stack gap="md">
        <HomeAlerts alerts={untold} timeZone={timeZone} />
        <HomeWaiting rows={waiting} />
        <HomeSending
          scope={scope}
          rows={[...sending.rows, ...idle]}
          told={alerts.map(({ detail }) => detail)}
        />
        <HomeScheduled rows={scheduled} />
        {hasNoList && (
          <Paper withBorder>
            <NoGrantedLists />
          </Paper>
        )}
        {isQuiet && !steps && (
          <Paper withBorder>
            <EmptyState icon={<IconSend size={28} stroke={1.5} />} title="No campaigns yet">
              What is written and sent here shows up on this page.
            </EmptyState>
          </Paper>
        )}
        {isNew && <HomeFirstSteps steps={steps} canLoadSample={!hasSample && !steps.hasContacts} />}
        <HomeLastDays scope={scope} />
        {(drafts.rows.length > 0 || recent.length > 0) && (
          <SimpleGrid
            cols={{ base: 1, md: drafts.rows.length > 0 && recent.length > 0 ? 2 : 1 }}
            spacing="md"
          >
            <HomeDrafts rows={drafts.rows.slice(0, shown)} timeZone={timeZone} />
            <HomeRecent rows={recent} progress={progress} timeZone={timeZone} />
          </SimpleGrid>
        )}
        {hasSample && <HomeSample />}
      </Stack>
    </>
  );
});
