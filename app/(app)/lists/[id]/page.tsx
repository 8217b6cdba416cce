import { Alert, Badge, Button, Group } from '@mantine/core';
import { IconArchive, IconFileImport, IconKey, IconSearch, IconUsersPlus } from '@tabler/icons-react';
import { contactColumns } from '@/components/contact-columns';
import { contactTitle, countContacts } from '@/components/contact-words';
import { DataTable } from '@/components/data-table';
import { SelectionProvider, SelectPage, SelectRow } from '@/components/data-table-select';
import { EmptyState } from '@/components/empty-state';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { SearchBox } from '@/components/search-box';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { may, mayChangeList } from '@/lib/auth/policy';
import { lastPage, listContacts } from '@/lib/contacts/list-contacts';
import { notFound } from '@/lib/errors';
import { ListId } from '@/lib/ids';
import { findList } from '@/lib/lists/lists';
import { ListMenu } from '../list-menu';
import { OwnAccess } from '../own-access';
import { AddToList } from './add-to-list';
import { ListAccessPanel } from './list-access';
import { RemoveSelected } from './remove-selected';

export const metadata = { title: 'List' };

const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);

export default authorizedPage('contacts:read', async (scope, { params, search: query, member }) => {
  const id = ListId.safeParse(params.id);
  const list = valueOrNotFound(id.success ? await findList(scope, id.data) : notFound('list'));
  const search = text(query.search);
  const sort = query.sort === 'email' ? 'email' : 'newest';
  const page = await listContacts(scope, { search, listId: list.id, sort, cursor: text(query.cursor) });
  const archived = list.archivedAt !== null;
  const canChange = mayChangeList(scope, list.id);
  const sortHref = (by: string) => `/lists/${list.id}?sort=${by}`;
  return (
    <>
      <PageHeader
        title={list.name}
        description={
          <>
            {countContacts(list.contactCount)} <OwnAccess scope={scope} listId={list.id} />
          </>
        }
        back={{ href: '/lists', label: 'Lists' }}
        actions={
          <>
            {may(scope, 'members:read') && list.contactCount > 0 && (
              <Button
                component={Link}
                href="#access"
                variant="default"
                leftSection={<IconKey size={16} aria-hidden />}
              >
                Access
              </Button>
            )}
            {canChange && <ListMenu list={{ ...list, archived }} outlined />}
            {canChange && !archived && <AddToList list={list} />}
          </>
        }
      />
      {archived && (
        <Alert color="gray" icon={<IconArchive size={18} aria-hidden />} mb="lg">
          This list is archived: no campaign can be sent to it.
          {canChange && ' Restore it from the menu above.'}
        </Alert>
      )}
      {list.sample && (
        <Badge variant="light" tt="none" fw={500} mb="lg">
          Sample data
        </Badge>
      )}
      {list.contactCount > 0 && (
        <Group mb="md">
          <SearchBox label="Name, address or @domain" />
        </Group>
      )}
      <SelectionProvider key={JSON.stringify(query)}>
        <DataTable
          label={`Contacts on ${list.name}`}
          columns={contactColumns({
            timeZone: member.workspace.timeZone,
            sort: search ? undefined : { by: sort, href: sortHref },
          })}
          rows={page.rows}
          rowKey={(contact) => contact.id}
          href={(contact) => `/contacts/${contact.id}`}
          select={
            canChange
              ? {
                  header: <SelectPage ids={page.rows.map((contact) => contact.id)} />,
                  cell: (contact) => <SelectRow id={contact.id} label={contactTitle(contact)} />,
                }
              : undefined
          }
          empty={
            search ? <NobodyFound search={search} /> : <NobodyYet listId={list.id} canChange={canChange} />
          }
          footer={
            <Pager
              page={page}
              last={lastPage}
              summary={search ? 'Best matches first' : countContacts(list.contactCount)}
            />
          }
        />
        <RemoveSelected list={list} />
      </SelectionProvider>
      {may(scope, 'members:read') && <ListAccessPanel scope={scope} list={list} />}
    </>
  );
});

function NobodyYet({ listId, canChange }: { listId: string; canChange: boolean }) {
  if (!canChange)
    return (
      <EmptyState icon={<IconUsersPlus size={30} stroke={1.4} />} title="Nobody is on this list yet">
        You may see this list, but not change it.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<IconUsersPlus size={30} stroke={1.4} />}
      title="Nobody is on this list yet"
      actions={
        <Button
          component={Link}
          href={`/contacts/import?list=${listId}`}
          variant="default"
          leftSection={<IconFileImport size={16} aria-hidden />}
        >
          Import a file into it
        </Button>
      }
    >
      Pick people you have already, paste addresses, or import a file.
    </EmptyState>
  );
}

function NobodyFound({ search }: { search: string }) {
  return (
    <EmptyState icon={<IconSearch size={28} stroke={1.4} />} title={`Nobody on this list for “${search}”`}>
      A search finds how an address, a first, last or full name begins. <b>@example</b> finds everybody whose
      mail domain begins so.
    </EmptyState>
  );
}
