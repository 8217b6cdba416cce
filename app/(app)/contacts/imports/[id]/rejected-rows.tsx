import { Anchor, Box, Group, Text, Title } from '@mantine/core';
import { formatCount } from '@/components/campaign-words';
import { type Column, DataTable } from '@/components/data-table';
import { Link } from '@/components/link';
import { rejectionSentence } from '@/lib/imports/reasons';
import type { RejectedRow } from '@/lib/imports/rejections';

type Props = {
  id: string;
  rows: RejectedRow[];
  show: 'duplicate' | 'invalid' | undefined;
  after: number;
  more: boolean;
  total: number;
  /** What a spreadsheet calls the first row of people. */
  firstRow: number;
};

const columns = (firstRow: number): Column<RejectedRow>[] => [
  {
    key: 'row',
    header: 'Row',
    width: 90,
    cell: ({ row }) => <span className="numbers">{formatCount(row + firstRow - 1)}</span>,
  },
  {
    key: 'reason',
    header: 'Why it made no contact',
    cell: ({ reason, values }) => (
      <>
        <Text component="span" display="block" fz="sm">
          {rejectionSentence(reason)}
        </Text>
        <Text component="span" display="block" fz="xs" c="dimmed" lineClamp={2}>
          {shown(values)}
        </Text>
      </>
    ),
  },
];

const shown = (values: string[]) =>
  values
    .slice(0, 12)
    .map((value) => value.trim().slice(0, 100))
    .filter((value) => value !== '')
    .join(' · ') || 'An empty row';

/** The rows of the file that made no contact, page by page. */
export function RejectedRows({ id, rows, show, after, more, total, firstRow }: Props) {
  const here = `/contacts/imports/${id}`;
  const to = (query: Record<string, string>) =>
    `${here}?${new URLSearchParams({ ...(show ? { show } : {}), ...query })}#rejected`;
  return (
    <Box component="section" mt="xl" aria-labelledby="rejected">
      <Group justify="space-between" align="baseline" mb="sm">
        <Title order={2} id="rejected">
          {show === 'duplicate' ? 'Duplicates' : show === 'invalid' ? 'Invalid rows' : 'Rejected rows'}
        </Title>
        <Group gap="md" fz="sm">
          {show && (
            <Anchor component={Link} href={`${here}#rejected`} scroll={false} fz="sm">
              Show all {formatCount(total)}
            </Anchor>
          )}
        </Group>
      </Group>
      <DataTable
        label="Rejected rows"
        rows={rows}
        columns={columns(firstRow)}
        rowKey={({ row }) => String(row)}
        footer={
          (after > 0 || more) && (
            <Group justify="space-between" fz="sm">
              {after > 0 ? (
                <Anchor component={Link} href={to({})} fz="sm" scroll={false}>
                  First rows
                </Anchor>
              ) : (
                <span />
              )}
              {more && (
                <Anchor
                  component={Link}
                  href={to({ after: String(rows.at(-1)?.row ?? after) })}
                  fz="sm"
                  scroll={false}
                >
                  Next rows
                </Anchor>
              )}
            </Group>
          )
        }
      />
    </Box>
  );
}
