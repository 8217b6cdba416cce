import { Button, Group, Text } from '@mantine/core';
import { IconDownload, IconUsers } from '@tabler/icons-react';
import { eventWords, formatCount, reasonWords, stateWords } from '@/components/campaign-words';
import { DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { SearchBox } from '@/components/search-box';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { linkUrl } from '@/lib/analytics/campaign-report';
import { maySendToLists } from '@/lib/auth/policy';
import { saidOf } from '@/lib/bounces/said';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { campaignStats } from '@/lib/campaigns/stats';
import { canChange } from '@/lib/campaigns/transitions';
import type { Channel } from '@/lib/db/states';
import { listDeliveries } from '@/lib/deliveries/deliveries';
import { countReasons, failedAttempts } from '@/lib/deliveries/reasons';
import { findList } from '@/lib/lists/lists';
import { campaignIdOf } from '../campaign-id';
import { Decide, DecideAll } from './decide';
import { recipientColumns } from './recipient-columns';
import { filterOf } from './recipient-filter';
import { RecipientFilters } from './recipient-filters';
import { queryOf, Search } from './recipient-search';

export const metadata = { title: 'Recipients' };

export default authorizedPage('campaigns:read', async (scope, { params, search, member }) => {
  const id = campaignIdOf(params);
  const filter = Search.parse(search);
  const campaign = valueOrNotFound(await findCampaign(scope, id));
  const [stats, reasons, page] = await Promise.all([
    campaignStats(scope, id),
    countReasons(scope, id),
    filterOf(scope, id, filter).then((asked) => listDeliveries(scope, id, asked)),
  ]);
  const tried = page.rows.filter((row) => row.reason !== null || row.attempts > 1);
  const attempts = await failedAttempts(
    scope,
    tried.map((row) => row.id),
  );
  const returned = page.rows.filter((row) => row.bouncedAt !== null);
  const said = await saidOf(
    scope,
    returned.map((row) => row.id),
  );
  const rows = page.rows.map((row) => ({
    ...row,
    failed: attempts.get(row.id) ?? [],
    bounce: said.get(row.id),
  }));
  const numbers = valueOrNotFound(stats);
  const list = filter.list && (await findList(scope, filter.list));
  const url = filter.link === undefined ? undefined : await linkUrl(scope, id, filter.link);
  const maySend = maySendToLists(scope, campaign.listIds);
  const canResend = canChange(campaign.status, 'retry');
  return (
    <>
      <PageHeader
        back={{ href: `/campaigns/${id}`, label: campaign.name }}
        title="Recipients"
        actions={
          <Button
            component="a"
            href={`/campaigns/${id}/recipients.csv?${queryOf(filter)}`}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export
          </Button>
        }
        description={describe(filter, {
          group: describeGroup(campaign.channel, filter, url),
          list: list?.ok ? list.value.name : undefined,
          timeZone: member.workspace.timeZone,
        })}
      />
      <RecipientFilters
        id={id}
        channel={campaign.channel}
        stats={numbers}
        reasons={reasons}
        filter={filter}
      />
      {filter.state === 'unconfirmed' && numbers.undecided > 0 && maySend && (
        <DecideAll id={id} undecided={numbers.undecided} canResend={canResend} />
      )}
      <Group mb="md">
        <SearchBox label="Search by address" />
      </Group>
      <DataTable
        label="Recipients"
        rows={rows}
        rowKey={(row) => row.id}
        columns={recipientColumns(campaign.channel, member.workspace.timeZone, (row) =>
          maySend ? (
            <Decide id={id} which={[row.id]} whom={row.address ?? 'this person'} canResend={canResend} />
          ) : null,
        )}
        footer={<Pager page={page} summary={summary(filter, numbers)} />}
        empty={<Nobody filter={filter} />}
      />
    </>
  );
});

function describe(
  { state, event, domain, others, from, until }: Search,
  { group, list, timeZone }: { group: string; list: string | undefined; timeZone: string },
): string {
  const at = domain
    ? `With an address at ${domain}.`
    : others === 'domains' && 'With an address at a mail domain that the report does not name.';
  const through = list
    ? `Reached through the list ${list}.`
    : others === 'lists' && 'Reached through a list that the report does not name.';
  const when = (state === 'sent' || event) && describeTime(from, until, timeZone);
  return [through, at, group, when].filter(Boolean).join(' ');
}

function describeTime(from: string | undefined, until: string | undefined, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone });
  if (from && until) return `From ${format.format(new Date(from))} until ${format.format(new Date(until))}.`;
  if (from) return `From ${format.format(new Date(from))} on.`;
  return until && `Before ${format.format(new Date(until))}.`;
}

function describeGroup(
  channel: Channel,
  { state, event, reason, link, machine, skipped }: Search,
  url: string | undefined,
): string {
  if (machine === 'open') return 'People in whose message a machine loaded the pictures.';
  if (machine) return `People in whose message a machine followed ${url ? `the link to ${url}` : 'a link'}.`;
  if (link) return url ? `People who followed the link to ${url}.` : 'People who followed a link.';
  if (reason) return `${reasonWords[channel][reason]}.`;
  if (state) return stateWords[state].meaning;
  if (event) return eventWords[event].meaning;
  if (skipped)
    return 'Everybody to whom this campaign goes: all who were planned, without those who were skipped.';
  return 'Everybody whom this campaign was planned for, and what became of each.';
}

function summary({ state, event, ...further }: Search, stats: Record<string, unknown> & { planned: number }) {
  const isNarrowed = Object.entries(further).some(([key, one]) => key !== 'cursor' && one !== undefined);
  if (isNarrowed) return undefined;
  const count = state ? stats[state] : event ? stats[event] : stats.planned;
  return typeof count === 'number' ? `${formatCount(count)} in all` : undefined;
}

function Nobody({ filter }: { filter: Search }) {
  if (filter.search)
    return (
      <EmptyState title="No address begins like this">
        <Text inherit>Type the beginning of an address, or choose another group above.</Text>
      </EmptyState>
    );
  return (
    <EmptyState icon={<IconUsers size={28} stroke={1.5} />} title="Nobody here">
      Nobody of this campaign belongs to this group. Choose another one above.
    </EmptyState>
  );
}
