import { Anchor, Badge, Group, Text, VisuallyHidden } from '@mantine/core';
import { IconArchive, IconUsersGroup } from '@tabler/icons-react';
import { formatDay } from '@/components/contact-time';
import { type Column, DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { Link } from '@/components/link';
import { NoGrantedLists } from '@/components/no-granted-lists';
import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { may, mayChangeList } from '@/lib/auth/policy';
import type { Scope } from '@/lib/auth/scope';
import { type List, listLists } from '@/lib/lists/lists';
import { ListMenu } from './list-menu';
import { NewList } from './new-list';
import { OwnAccess } from './own-access';

export const metadata = { title: 'Lists' };

export default authorizedPage('contacts:read', async (scope, { search, member }) => {
  const canMake = may(scope, 'contacts:write');
  const archived = search.show === 'archived';
  const [shown, others] = await Promise.all([
    listLists(scope, { archived }),
    listLists(scope, { archived: !archived }),
  ]);
  return (
    <>
      <PageHeader
        title={archived ? 'Archived lists' : 'Lists'}
        description={archived ? undefined : 'Campaigns go to lists. A contact can be on as many as you like.'}
        back={archived ? { href: '/lists', label: 'Lists' } : undefined}
        actions={!archived && canMake && <NewList />}
      />
      <DataTable
        label={archived ? 'Archived lists' : 'Lists'}
        columns={listColumns(scope, member.workspace.timeZone)}
        rows={shown}
        rowKey={(list) => list.id}
        href={(list) => `/lists/${list.id}`}
        empty={archived ? <NoArchivedLists /> : <NoLists scope={scope} />}
      />
      {!archived && others.length > 0 && (
        <Anchor
          component={Link}
          href="/lists?show=archived"
          fz="sm"
          c="dimmed"
          mt="md"
          display="inline-block"
        >
          {others.length === 1 ? '1 archived list' : `${others.length.toLocaleString('en')} archived lists`}
        </Anchor>
      )}
    </>
  );
});

/** For whom access is set list by list; everybody else may do the same on all of them. */
function ownAccess(scope: Scope): Column<List>[] {
  if (scope.lists === 'all') return [];
  const cell = (list: List) => <OwnAccess scope={scope} listId={list.id} />;
  return [{ key: 'access', header: 'Your access', width: 120, cell }];
}

function listColumns(scope: Scope, timeZone: string): Column<List>[] {
  return [
    {
      key: 'name',
      header: 'Name',
      cell: (list) => (
        <Group gap={8}>
          <Text span fz="sm" fw={500}>
            {list.name}
          </Text>
          {list.sample && (
            <Badge size="sm" variant="light" tt="none" fw={500}>
              Sample
            </Badge>
          )}
        </Group>
      ),
    },
    ...ownAccess(scope),
    {
      key: 'contacts',
      header: 'Contacts',
      align: 'right',
      width: 120,
      cell: (list) => list.contactCount.toLocaleString('en'),
    },
    {
      key: 'created',
      header: 'Created',
      from: 'sm',
      align: 'right',
      width: 150,
      cell: (list) => (
        <Text span fz="sm" c="dimmed">
          {formatDay(list.createdAt, timeZone)}
        </Text>
      ),
    },
    {
      key: 'menu',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      align: 'right',
      width: 64,
      cell: (list) =>
        mayChangeList(scope, list.id) && <ListMenu list={{ ...list, archived: list.archivedAt !== null }} />,
    },
  ];
}

function NoLists({ scope }: { scope: Scope }) {
  if (scope.lists !== 'all') return <NoGrantedLists actions={<NewList />} />;
  const actions = may(scope, 'contacts:write') && <NewList />;
  return (
    <EmptyState icon={<IconUsersGroup size={30} stroke={1.4} />} title="No lists yet" actions={actions}>
      A list is whom a campaign goes to: customers, members, readers of the newsletter. An import can fill one
      for you.
    </EmptyState>
  );
}

function NoArchivedLists() {
  return (
    <EmptyState icon={<IconArchive size={30} stroke={1.4} />} title="Nothing is archived">
      A list that you archive waits here until you restore it.
    </EmptyState>
  );
}
