import { Anchor, Button, Text } from '@mantine/core';
import { IconDownload, IconUsers } from '@tabler/icons-react';
import { notFound as noPage } from 'next/navigation';
import { Breakable } from '@/components/breakable';
import { formatMoment } from '@/components/campaign-time';
import { eventWords } from '@/components/campaign-words';
import { type Column, DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { authorizedPage } from '@/lib/action';
import { meantDays } from '@/lib/analytics/last-days';
import { listSent, type SentFilter, type SentRow } from '@/lib/deliveries/sent-messages';
import { SentSearch, sentHref } from './sent-search';

export const metadata = { title: 'Messages sent' };

export default authorizedPage('campaigns:read', async (scope, { search, member }) => {
  const asked = SentSearch.safeParse(search);
  if (!asked.success) noPage();
  const filter = { ...asked.data, ...(await meantDays(scope, asked.data)) };
  const page = await listSent(scope, filter);
  return (
    <>
      <PageHeader
        back={{ href: '/', label: 'Home' }}
        title="Messages sent"
        description={describe(filter)}
        actions={
          <Button
            component="a"
            href={sentHref(filter, '.csv')}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export
          </Button>
        }
      />
      <DataTable
        label="Messages sent"
        rows={page.rows}
        rowKey={(row) => row.id}
        columns={columnsIn(member.workspace.timeZone)}
        footer={<Pager page={page} />}
        empty={
          <EmptyState icon={<IconUsers size={28} stroke={1.5} />} title="Nobody here">
            Of no message of these days this is known.
          </EmptyState>
        }
      />
    </>
  );
});

const dayWords = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'medium' });
const say = (day: string) => dayWords.format(new Date(`${day}T12:00:00Z`));

function describe({ from, until, event }: SentFilter): string {
  const when = from === until ? `Sent on ${say(from)}` : `Sent from ${say(from)} to ${say(until)}`;
  return event ? `${when}. ${eventWords[event].meaning}` : `${when}, by all campaigns.`;
}

const known = [
  ...(['complained', 'unsubscribed', 'bounced', 'redeemed', 'clicked', 'opened'] as const),
  ...(['delivered', 'deferred'] as const),
];

const happened = (row: SentRow) =>
  known
    .filter((event) => row[`${event}At`] !== null)
    .map((event) => eventWords[event].label)
    .join(', ');

const columnsIn = (timeZone: string): Column<SentRow>[] => [
  {
    key: 'who',
    header: 'Recipient',
    cell: (row) => (
      <>
        {row.contactId ? (
          <Anchor component={Link} href={`/contacts/${row.contactId}`} fz="sm" fw={550} prefetch={false}>
            <Breakable text={row.address ?? 'No address'} />
          </Anchor>
        ) : (
          <Text component="span" fz="sm" fw={550}>
            Erased person
          </Text>
        )}
        <Text fz="xs" c="dimmed">
          {`${row.firstName ?? ''} ${row.lastName ?? ''}`.trim()}
        </Text>
      </>
    ),
  },
  {
    key: 'campaign',
    header: 'Campaign',
    cell: ({ campaign }) => (
      <Anchor component={Link} href={`/campaigns/${campaign.id}`} fz="sm" prefetch={false}>
        {campaign.name}
      </Anchor>
    ),
  },
  { key: 'what', header: 'What happened', from: 'sm', cell: happened },
  {
    key: 'when',
    header: 'Sent',
    from: 'md',
    width: 170,
    cell: (row) => row.sentAt && formatMoment(row.sentAt, timeZone),
  },
];
