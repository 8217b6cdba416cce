import { Card, Text, Title } from '@mantine/core';
import type { ListReport } from '@/lib/analytics/campaign-lists';
import { type Column, DataTable } from './data-table';
import { People } from './people';

type Counted = Exclude<keyof ListReport, 'list'>;

/** How a campaign went by list. */
export function CampaignListReport({
  id,
  lists,
  showsOpened,
}: {
  id: string;
  lists: ListReport[];
  showsOpened: boolean;
}) {
  if (lists.length === 0) return null;
  const number = (key: Counted, header: string, query: string, from?: 'sm'): Column<ListReport> => ({
    ...{ key, header, align: 'right', width: 95, from },
    cell: ({ list, ...counts }) => (
      <People
        href={`/campaigns/${id}/recipients?${list ? `list=${list.id}` : 'others=lists'}${query}`}
        count={counts[key]}
      />
    ),
  });
  return (
    <Card component="section" aria-labelledby="by-list">
      <Title order={2} id="by-list" mb={4}>
        By list
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        By the lists on which people were when the campaign was launched. Whoever was on several of them
        counts under each, so that these numbers may add up to more than the campaign’s.
      </Text>
      <DataTable
        label="By list"
        rows={lists}
        rowKey={(row) => row.list?.id ?? ''}
        columns={[
          { key: 'list', header: 'List', cell: ({ list }) => list?.name ?? 'All others' },
          number('planned', 'Planned', '', 'sm'),
          number('sent', 'Sent', '&state=sent'),
          number('failed', 'Failed', '&state=failed', 'sm'),
          number('bounced', 'Bounced', '&event=bounced', 'sm'),
          ...(showsOpened ? [number('opened', 'Opened', '&event=opened')] : []),
          number('clicked', 'Clicked', '&event=clicked', 'sm'),
          number('unsubscribed', 'Unsubscribed', '&event=unsubscribed', 'sm'),
        ]}
      />
    </Card>
  );
}
