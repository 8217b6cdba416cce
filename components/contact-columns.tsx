import { Group, Text } from '@mantine/core';
import type { ContactRow } from '@/lib/contacts/list-contacts';
import { ContactConsents } from './contact-consent';
import { formatDay } from './contact-time';
import { contactName } from './contact-words';
import type { Column } from './data-table';

type Options = {
  timeZone: string;
  /** Makes the headers sort. None while searching: then the best matches come first. */
  sort?: { by: 'newest' | 'email'; href: (by: 'newest' | 'email') => string };
};

/** The columns of every table of contacts. */
export function contactColumns({ timeZone, sort }: Options): Column<ContactRow>[] {
  return [
    {
      key: 'contact',
      header: 'Address',
      sort: sort && {
        href: sort.href('email'),
        direction: sort.by === 'email' ? 'ascending' : undefined,
      },
      cell: (contact) => (
        <>
          <Text span fz="sm" fw={500}>
            {contact.email ?? contact.phone}
          </Text>
          {contact.email && contact.phone && (
            <Text span display="block" fz="xs" c="dimmed" className="numbers">
              {contact.phone}
            </Text>
          )}
          <Group component="span" hiddenFrom="sm" fz="xs" c="dimmed" gap="2px 14px" mt={2}>
            {contactName(contact)}
            <ContactConsents contact={contact} />
          </Group>
        </>
      ),
    },
    {
      key: 'name',
      header: 'Name',
      from: 'sm',
      cell: (contact) =>
        contactName(contact) || (
          <Text span c="dimmed" fz="sm">
            –
          </Text>
        ),
    },
    {
      key: 'consent',
      header: 'Status',
      from: 'sm',
      width: 220,
      cell: (contact) => <ContactConsents contact={contact} />,
    },
    {
      key: 'added',
      header: 'Added',
      from: 'md',
      align: 'right',
      width: 130,
      sort: sort && {
        href: sort.href('newest'),
        direction: sort.by === 'newest' ? 'descending' : undefined,
      },
      cell: (contact) => (
        <Text span fz="sm" c="dimmed">
          {formatDay(contact.createdAt, timeZone)}
        </Text>
      ),
    },
  ];
}
