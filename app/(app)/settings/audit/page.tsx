import { Button } from '@mantine/core';
import { IconDownload, IconHistory } from '@tabler/icons-react';
import { DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { authorizedPage } from '@/lib/action';
import { listActors, listAudit } from '@/lib/audit/entries';
import { SettingsTabs } from '../settings-tabs';
import { auditColumns } from './audit-columns';
import { AuditFilters } from './audit-filters';
import { filterOf, Search } from './audit-search';

export const metadata = { title: 'Audit log' };

export default authorizedPage('audit:read', async (scope, { search, member }) => {
  const asked = Search.parse(search);
  const [page, actors] = await Promise.all([listAudit(scope, filterOf(asked)), listActors(scope)]);
  const { cursor: _, ...filter } = asked;
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== undefined));
  return (
    <>
      <PageHeader
        title="Settings"
        description="Who did what, when and from where. Nothing in it can be changed or removed, by nobody."
        actions={
          <Button
            component="a"
            href={`/settings/audit/audit.csv?${query}`}
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export as CSV
          </Button>
        }
      />
      <SettingsTabs scope={scope} />
      <AuditFilters
        filter={filter}
        actors={actors.map(({ kind, id, name }) => ({ kind, value: `${kind}:${id}`, label: name }))}
      />
      <DataTable
        label="Audit log"
        columns={auditColumns(member.workspace.timeZone)}
        rows={page.rows}
        rowKey={(entry) => entry.id}
        footer={<Pager page={page} />}
        empty={
          <EmptyState icon={<IconHistory size={28} stroke={1.5} />} title="Nothing was done">
            Nobody did such a thing in this time. Choose another person, subject or day above.
          </EmptyState>
        }
      />
    </>
  );
});
