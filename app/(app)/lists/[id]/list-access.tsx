import { Anchor, Box, Text, Title } from '@mantine/core';
import { type Column, DataTable } from '@/components/data-table';
import { Link } from '@/components/link';
import { accessWords } from '@/components/member-words';
import { valueOrNotFound } from '@/lib/action';
import { may } from '@/lib/auth/policy';
import type { Scope } from '@/lib/auth/scope';
import type { ListAccess } from '@/lib/db/states';
import type { ListId, UserId } from '@/lib/ids';
import { marketersOfList } from '@/lib/members/list-access';
import { AccessSelect } from '../../settings/members/access-select';

type Row = { userId: UserId; name: string; email: string; access: ListAccess | null };
type Props = { scope: Scope; list: { id: ListId; name: string } };

/** Which marketers may do what with a list. For whoever may see the members. */
export async function ListAccessPanel({ scope, list }: Props) {
  const marketers = valueOrNotFound(await marketersOfList(scope, list.id));
  return (
    <Box component="section" aria-labelledby="access" mt="xl">
      <Title order={2} id="access">
        Access
      </Title>
      <Text fz="sm" c="dimmed" mt={4} mb="sm">
        Owners and admins reach every list, and viewers see it. Marketers reach what is granted to them here.
      </Text>
      {marketers.length > 0 ? (
        <DataTable
          label={`Access to ${list.name}`}
          rows={marketers}
          columns={columns(list, may(scope, 'members:write'))}
          rowKey={(row) => row.userId}
        />
      ) : (
        <Text fz="sm">
          This workspace has no marketers.{' '}
          <Anchor component={Link} href="/settings/members" inherit underline="always">
            See its members
          </Anchor>
        </Text>
      )}
    </Box>
  );
}

const columns = (list: Props['list'], canWrite: boolean): Column<Row>[] => [
  {
    key: 'name',
    header: 'Marketer',
    cell: (row) => (
      <>
        <Anchor
          component={Link}
          href={`/settings/members/${row.userId}`}
          fz="sm"
          style={{ overflowWrap: 'anywhere' }}
        >
          {row.name}
        </Anchor>
        <Text component="span" display="block" fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {row.email}
        </Text>
      </>
    ),
  },
  {
    key: 'access',
    header: 'Access',
    width: 160,
    cell: (row) =>
      canWrite ? (
        <AccessSelect
          userId={row.userId}
          listId={list.id}
          access={row.access}
          label={`Access of ${row.name} to ${list.name}`}
        />
      ) : row.access ? (
        accessWords[row.access].label
      ) : (
        'No access'
      ),
  },
];
