import { Anchor, Text, VisuallyHidden } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import type { Column } from '@/components/data-table';
import { Link } from '@/components/link';
import type { SuppressionRow } from '@/lib/suppressions/list-suppressions';
import { RemoveSuppression } from './remove-suppression';

const why: Record<SuppressionRow['reason'], string> = {
  bounced: 'Bounced',
  complained: 'Reported as spam',
  opted_out: 'Opted out',
  manual: 'Added here',
};

type Options = { timeZone: string; canChange: boolean };

export function suppressionColumns({ timeZone, canChange }: Options): Column<SuppressionRow>[] {
  const columns: Column<SuppressionRow>[] = [
    {
      key: 'address',
      header: 'Address',
      cell: (row) => (
        <>
          <Text fz="sm" component="span" style={{ overflowWrap: 'anywhere' }}>
            {row.address}
          </Text>
          <Text fz="xs" c="dimmed" hiddenFrom="sm">
            {why[row.reason]} · {formatMoment(row.createdAt, timeZone)}
          </Text>
        </>
      ),
    },
    { key: 'why', header: 'Why', from: 'sm', cell: (row) => <Why row={row} /> },
    {
      key: 'since',
      header: 'Since',
      from: 'md',
      width: 190,
      cell: (row) => formatMoment(row.createdAt, timeZone),
    },
  ];
  if (!canChange) return columns;
  return [
    ...columns,
    {
      key: 'remove',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      align: 'right',
      width: 110,
      cell: (row) => <RemoveSuppression id={row.id} address={row.address} reason={row.reason} />,
    },
  ];
}

function Why({ row: { reason, by, note, campaign } }: { row: SuppressionRow }) {
  return (
    <>
      <Text fz="sm" component="span" style={{ overflowWrap: 'anywhere' }}>
        {why[reason]}
        {by && ` by ${by}`}
        {campaign && (
          <>
            {' '}
            after{' '}
            <Anchor component={Link} href={`/campaigns/${campaign.id}`} fz="inherit">
              {campaign.name}
            </Anchor>
          </>
        )}
      </Text>
      {note && (
        <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {note}
        </Text>
      )}
    </>
  );
}
