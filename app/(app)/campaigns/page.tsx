import { Badge, Group, Text, VisuallyHidden } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { CampaignListProgress } from '@/components/campaign-list-progress';
import { CampaignStatusBadge } from '@/components/campaign-status-badge';
import { formatMoment } from '@/components/campaign-time';
import { readableSubject } from '@/components/campaign-words';
import { type Column, DataTable } from '@/components/data-table';
import { SelectionProvider, SelectRow } from '@/components/data-table-select';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { SearchBox } from '@/components/search-box';
import { authorizedPage } from '@/lib/action';
import { may, maySendToLists } from '@/lib/auth/policy';
import { type CampaignRow, listCampaigns } from '@/lib/campaigns/campaigns';
import { type CampaignProgress, campaignProgress } from '@/lib/campaigns/progress';
import { CampaignFilter } from './campaign-filter';
import { CampaignMenu } from './campaign-menu';
import { Search } from './campaign-search';
import { CompareSelected } from './compare-selected';
import { NewCampaign } from './new-campaign';
import { RefreshWhileSending } from './refresh-while-sending';

export const metadata = { title: 'Campaigns' };

type Row = CampaignRow & { progress: CampaignProgress | undefined; canEdit: boolean };

export default authorizedPage('campaigns:read', async (scope, { search, member }) => {
  const filter = Search.parse(search);
  const page = await listCampaigns(scope, filter);
  const progress = await campaignProgress(
    scope,
    page.rows.filter((row) => row.startedAt !== null).map((row) => row.id),
  );
  const canWrite = may(scope, 'campaigns:write');
  const rows = page.rows.map((row) => ({
    ...row,
    progress: progress.get(row.id),
    canEdit: maySendToLists(scope, row.listIds),
  }));
  const filtered = filter.search !== undefined || filter.status !== undefined;
  const isEmpty = rows.length === 0 && !filtered && !filter.cursor;
  return (
    <>
      <PageHeader title="Campaigns" actions={canWrite && <NewCampaign />} />
      {!isEmpty && (
        <Group mb="md" gap="sm">
          <SearchBox label="Search by name or subject" />
          <CampaignFilter status={filter.status} />
        </Group>
      )}
      <SelectionProvider key={JSON.stringify(search)}>
        <DataTable
          label="Campaigns"
          rows={rows}
          columns={columns(member.workspace.timeZone, canWrite)}
          rowKey={(row) => row.id}
          href={(row) =>
            row.status === 'draft' && row.canEdit ? `/campaigns/${row.id}/edit` : `/campaigns/${row.id}`
          }
          select={
            rows.filter(wasSent).length > 1
              ? {
                  header: <VisuallyHidden>Compare</VisuallyHidden>,
                  cell: (row) => wasSent(row) && <SelectRow id={row.id} label={row.name} />,
                }
              : undefined
          }
          footer={(page.next || page.previous) && <Pager page={page} />}
          empty={filtered ? <NothingFound /> : <NoCampaigns canWrite={canWrite} />}
        />
        <CompareSelected />
      </SelectionProvider>
      {rows.some((row) => row.status === 'sending') && <RefreshWhileSending />}
    </>
  );
});

const wasSent = (row: Row) => row.startedAt !== null;

/** When it went out, or will; else when somebody last worked on it. */
const momentOf = (row: Row) =>
  (row.status === 'scheduled' ? row.scheduledAt : null) ?? row.completedAt ?? row.startedAt ?? row.updatedAt;

const columns = (timeZone: string, canWrite: boolean): Column<Row>[] => [
  {
    key: 'name',
    header: 'Name',
    cell: (row) => (
      <>
        <Text component="span" display="block" fz="sm" fw={550}>
          {row.name}
          {row.channel === 'sms' && (
            <Badge component="span" size="xs" variant="default" ml={8} tt="none">
              Text message
            </Badge>
          )}
        </Text>
        <Text component="span" display="block" fz="xs" c="dimmed" lineClamp={1}>
          {readableSubject(row.channel === 'sms' ? row.text : row.subject) ||
            (row.channel === 'sms' ? 'No text yet' : 'No subject yet')}
        </Text>
        <Group component="span" gap="xs" mt={6} hiddenFrom="sm">
          <CampaignStatusBadge status={row.status} held={row.held} />
          {row.progress && <CampaignListProgress counts={row.progress} />}
        </Group>
      </>
    ),
  },
  {
    key: 'status',
    header: 'Status',
    from: 'sm',
    width: 130,
    cell: (row) => <CampaignStatusBadge status={row.status} held={row.held} />,
  },
  { key: 'lists', header: 'Lists', from: 'md', width: '20%', cell: (row) => row.listNames.join(', ') || '–' },
  {
    key: 'sent',
    header: 'Sent',
    from: 'sm',
    width: 170,
    cell: (row) => (row.progress ? <CampaignListProgress id={row.id} counts={row.progress} /> : '–'),
  },
  {
    key: 'when',
    header: 'When',
    from: 'md',
    width: 150,
    cell: (row) => (
      <Text component="span" fz="xs" c="dimmed" className="numbers" style={{ whiteSpace: 'nowrap' }}>
        {formatMoment(momentOf(row), timeZone)}
      </Text>
    ),
  },
  {
    key: 'menu',
    header: <VisuallyHidden>Actions</VisuallyHidden>,
    width: 56,
    cell: (row) =>
      canWrite && (
        <CampaignMenu id={row.id} name={row.name} canDelete={row.status === 'draft' && row.canEdit} />
      ),
  },
];

const NoCampaigns = ({ canWrite }: { canWrite: boolean }) => (
  <EmptyState
    icon={<IconSend size={28} stroke={1.5} />}
    title="No campaigns yet"
    actions={canWrite && <NewCampaign label="Write your first campaign" />}
  >
    A campaign is one message to everybody on the lists you choose. You can try it on yourself before anybody
    gets it.
  </EmptyState>
);

const NothingFound = () => (
  <EmptyState title="No campaign matches">Try another word, or another status.</EmptyState>
);
