import { Button, Group } from '@mantine/core';
import { IconAddressBook, IconFileImport, IconSearch } from '@tabler/icons-react';
import { contactColumns } from '@/components/contact-columns';
import { contactTitle, countContacts } from '@/components/contact-words';
import { DataTable } from '@/components/data-table';
import { SelectionProvider, SelectPage, SelectRow } from '@/components/data-table-select';
import { EmptyState } from '@/components/empty-state';
import { Link } from '@/components/link';
import { NoGrantedLists } from '@/components/no-granted-lists';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { SearchBox } from '@/components/search-box';
import { authorizedPage } from '@/lib/action';
import { may, mayChangeList } from '@/lib/auth/policy';
import { lastPage, listContacts } from '@/lib/contacts/list-contacts';
import { ListId } from '@/lib/ids';
import { listLists } from '@/lib/lists/lists';
import { AddContact } from './add-contact';
import { AddSelectedToList } from './add-selected-to-list';
import { ListFilter } from './list-filter';

export const metadata = { title: 'Contacts' };

const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);

export default authorizedPage('contacts:read', async (scope, { search: query, member }) => {
  const search = text(query.search);
  const listId = ListId.safeParse(query.list).data;
  const sort = query.sort === 'email' ? 'email' : 'newest';
  const [page, lists] = await Promise.all([
    listContacts(scope, { search, listId, sort, cursor: text(query.cursor) }),
    listLists(scope),
  ]);
  const { contactCount, timeZone } = member.workspace;
  const reachesAll = scope.lists === 'all';
  const whole = reachesAll ? contactCount : undefined;
  const total = listId ? lists.find((list) => list.id === listId)?.contactCount : whole;
  const choices = lists.map(({ id, name }) => ({ id, name }));
  const changeable = choices.filter(({ id }) => mayChangeList(scope, id));
  const canAdd = may(scope, 'contacts:write') && (reachesAll || changeable.length > 0);
  const isEmpty = reachesAll ? contactCount === 0 : lists.length === 0;
  const sortHref = (by: string) =>
    `/contacts?${new URLSearchParams({ ...(listId && { list: listId }), sort: by })}`;
  const header = (
    <PageHeader
      title="Contacts"
      actions={
        <>
          {may(scope, 'contacts:write') && (
            <Button
              component={Link}
              href="/contacts/import"
              variant="default"
              leftSection={<IconFileImport size={16} aria-hidden />}
            >
              Import
            </Button>
          )}
          {canAdd && <AddContact lists={changeable} needsList={!reachesAll} />}
        </>
      }
    />
  );
  if (isEmpty)
    return (
      <>
        {header}
        <DataTable
          label="Contacts"
          columns={[]}
          rows={[]}
          rowKey={String}
          empty={reachesAll ? <NoContacts canImport={canAdd} /> : <NoGrantedLists />}
        />
      </>
    );
  return (
    <>
      {header}
      <Group mb="md" gap="sm">
        <SearchBox label="Name, address or @domain" />
        {lists.length > 0 && <ListFilter lists={choices} value={listId ?? null} />}
      </Group>
      <SelectionProvider key={JSON.stringify(query)}>
        <DataTable
          label="Contacts"
          columns={contactColumns({ timeZone, sort: search ? undefined : { by: sort, href: sortHref } })}
          rows={page.rows}
          rowKey={(contact) => contact.id}
          href={(contact) => `/contacts/${contact.id}`}
          select={
            canAdd
              ? {
                  header: <SelectPage ids={page.rows.map((contact) => contact.id)} />,
                  cell: (contact) => <SelectRow id={contact.id} label={contactTitle(contact)} />,
                }
              : undefined
          }
          empty={search ? <NobodyFound search={search} /> : <EmptyState title={nobody(listId)} />}
          footer={
            <Pager
              page={page}
              last={lastPage}
              summary={search ? 'Best matches first' : total !== undefined && countContacts(total)}
            />
          }
        />
        <AddSelectedToList lists={changeable} />
      </SelectionProvider>
    </>
  );
});

const nobody = (listId: string | undefined) =>
  listId ? 'Nobody is on this list yet' : 'Nobody is on your lists yet';

function NoContacts({ canImport }: { canImport: boolean }) {
  if (!canImport)
    return <EmptyState icon={<IconAddressBook size={30} stroke={1.4} />} title="No contacts yet" />;
  return (
    <EmptyState
      icon={<IconAddressBook size={30} stroke={1.4} />}
      title="No contacts yet"
      actions={
        <Button component={Link} href="/contacts/import">
          Import a file
        </Button>
      }
    >
      Bring a CSV file from Mailchimp, listmonk or a spreadsheet, or add people one by one.
    </EmptyState>
  );
}

function NobodyFound({ search }: { search: string }) {
  return (
    <EmptyState icon={<IconSearch size={28} stroke={1.4} />} title={`Nobody found for “${search}”`}>
      A search finds how an address, a first, last or full name begins. <b>@example</b> finds everybody whose
      mail domain begins so.
    </EmptyState>
  );
}
