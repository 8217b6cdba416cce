import { IconKey } from '@tabler/icons-react';
import { DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { listApiKeys } from '@/lib/api-keys/list-keys';
import { mayGiveRole } from '@/lib/auth/policy';
import { roles } from '@/lib/db/states';
import { listLists } from '@/lib/lists/lists';
import { SettingsTabs } from '../settings-tabs';
import { keyColumns } from './key-columns';
import { NewKey } from './new-key';

export const metadata = { title: 'API keys' };

export default authorizedPage('keys:write', async (scope, { member }) => {
  const [keys, lists] = await Promise.all([listApiKeys(scope), listLists(scope)]);
  const newKey = (
    <NewKey
      roles={roles.filter((role) => mayGiveRole(member.role, role))}
      lists={lists.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
  return (
    <>
      <PageHeader
        title="Settings"
        description="With an API key a program does what you allow it to, without anybody’s password."
        actions={keys.length > 0 && newKey}
      />
      <SettingsTabs scope={scope} />
      <DataTable
        label="API keys"
        columns={keyColumns(member.workspace.timeZone)}
        rows={keys}
        rowKey={(key) => key.id}
        empty={
          <EmptyState icon={<IconKey size={28} stroke={1.5} />} title="No API keys yet" actions={newKey}>
            Make one for each program: then you can see when it was used last, and end it without touching the
            others.
          </EmptyState>
        }
      />
    </>
  );
});
