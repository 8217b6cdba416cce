import { Group } from '@mantine/core';
import { IconBan, IconSearch } from '@tabler/icons-react';
import { DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { SearchBox } from '@/components/search-box';
import { authorizedPage } from '@/lib/action';
import { may } from '@/lib/auth/policy';
import { listSuppressions } from '@/lib/suppressions/list-suppressions';
import { SettingsTabs } from '../settings-tabs';
import { AddSuppressions } from './add-suppressions';
import { suppressionColumns } from './suppression-columns';

export const metadata = { title: 'Suppressions' };

const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);

export default authorizedPage('settings:read', async (scope, { search: query, member }) => {
  const search = text(query.search);
  const page = await listSuppressions(scope, { search, cursor: text(query.cursor) });
  const canChange = may(scope, 'settings:write');
  return (
    <>
      <PageHeader
        title="Settings"
        description="Addresses that are never written to, whatever lists they are on and whatever an import says."
        actions={canChange && <AddSuppressions />}
      />
      <SettingsTabs scope={scope} />
      <Group mb="md">
        <SearchBox label="How an address begins" />
      </Group>
      <DataTable
        label="Suppressions"
        columns={suppressionColumns({ timeZone: member.workspace.timeZone, canChange })}
        rows={page.rows}
        rowKey={(row) => row.id}
        footer={<Pager page={page} />}
        empty={
          search ? (
            <EmptyState
              icon={<IconSearch size={28} stroke={1.4} />}
              title={`No address begins with “${search}”`}
            >
              Nothing keeps such addresses from being written to.
            </EmptyState>
          ) : (
            <EmptyState icon={<IconBan size={28} stroke={1.5} />} title="Nobody is suppressed">
              Addresses that bounce for good, and people who report a message as spam, come here by
              themselves.
            </EmptyState>
          )
        }
      />
    </>
  );
});
