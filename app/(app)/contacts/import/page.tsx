import { Badge, Text, Title } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import { formatCount } from '@/components/campaign-words';
import { type Column, DataTable } from '@/components/data-table';
import { ImportDrop } from '@/components/import-drop';
import { fileSize, importStatusWords } from '@/components/import-words';
import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { maxFileBytes } from '@/lib/imports/import-file';
import { type Import, listImports } from '@/lib/imports/imports';

export const metadata = { title: 'Import contacts' };

export default authorizedPage('contacts:write', async (scope, { member }) => {
  const recent = await listImports(scope);
  return (
    <>
      <PageHeader
        back={{ href: '/contacts', label: 'Contacts' }}
        title="Import contacts"
        description="From a CSV file of up to 2 GB. You see what was recognised before anything is imported."
      />
      <ImportDrop maxBytes={maxFileBytes} />
      {recent.length > 0 && (
        <>
          <Title order={2} mt="xl" mb="sm">
            Recent imports
          </Title>
          <DataTable
            label="Recent imports"
            rows={recent}
            columns={columns(member.workspace.timeZone)}
            rowKey={(row) => row.id}
            href={(row) => `/contacts/imports/${row.id}`}
          />
        </>
      )}
    </>
  );
});

const columns = (timeZone: string): Column<Import>[] => [
  {
    key: 'file',
    header: 'File',
    cell: (row) => (
      <>
        <Text component="span" display="block" fz="sm" fw={550}>
          {row.fileName}
        </Text>
        <Text component="span" display="block" fz="xs" c="dimmed">
          {row.listName ? `Onto “${row.listName}”` : fileSize(row.bytes)}
        </Text>
      </>
    ),
  },
  {
    key: 'status',
    header: 'Status',
    width: 130,
    cell: ({ status, waiting }) => (
      <Badge variant="dot" color={importStatusWords[status].color} tt="none" fw={550}>
        {waiting ? 'Waiting' : importStatusWords[status].label}
      </Badge>
    ),
  },
  { key: 'rows', header: 'Rows', align: 'right', from: 'sm', cell: (row) => formatCount(row.rows) },
  { key: 'created', header: 'Created', align: 'right', from: 'md', cell: (row) => formatCount(row.created) },
  { key: 'updated', header: 'Updated', align: 'right', from: 'md', cell: (row) => formatCount(row.updated) },
  {
    key: 'rejected',
    header: 'Rejected',
    align: 'right',
    from: 'sm',
    cell: (row) => formatCount(row.duplicates + row.invalid),
  },
  {
    key: 'when',
    header: 'When',
    from: 'md',
    width: 150,
    cell: (row) => (
      <Text component="span" fz="xs" c="dimmed" className="numbers" style={{ whiteSpace: 'nowrap' }}>
        {formatMoment(row.createdAt, timeZone)}
      </Text>
    ),
  },
];
