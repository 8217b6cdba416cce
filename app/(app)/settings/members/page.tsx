import { Badge, Text } from '@mantine/core';
import { type Column, DataTable } from '@/components/data-table';
import { accessWords, roleWords } from '@/components/member-words';
import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { may } from '@/lib/auth/policy';
import { userOf } from '@/lib/auth/scope';
import type { UserId } from '@/lib/ids';
import { listLists } from '@/lib/lists/lists';
import { listInvitations } from '@/lib/members/invitations';
import { listMembers, type MemberRow } from '@/lib/members/members';
import { SettingsTabs } from '../settings-tabs';
import { Invite } from './invite';
import { PendingInvitations } from './pending-invitations';

export const metadata = { title: 'Members' };

export default authorizedPage('members:read', async (scope, { member }) => {
  const canWrite = may(scope, 'members:write');
  const [members, invitations, lists] = await Promise.all([
    listMembers(scope),
    listInvitations(scope),
    canWrite ? listLists(scope) : [],
  ]);
  const mayMakeOwners = member.role === 'owner';
  return (
    <>
      <PageHeader
        title="Settings"
        description="Who works in this workspace, and what each may do."
        actions={
          canWrite && (
            <Invite lists={lists.map(({ id, name }) => ({ id, name }))} mayMakeOwners={mayMakeOwners} />
          )
        }
      />
      <SettingsTabs scope={scope} />
      <DataTable
        label="Members"
        rows={members}
        columns={columns(userOf(scope))}
        rowKey={(row) => row.userId}
        href={(row) => `/settings/members/${row.userId}`}
      />
      {invitations.length > 0 && (
        <PendingInvitations
          invitations={invitations}
          timeZone={member.workspace.timeZone}
          mayChange={({ role }) => canWrite && (role !== 'owner' || mayMakeOwners)}
        />
      )}
    </>
  );
});

const columns = (self: UserId | null): Column<MemberRow>[] => [
  {
    key: 'name',
    header: 'Name',
    cell: (row) => (
      <>
        <Text component="span" display="block" fz="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
          {row.name}
          {row.userId === self && (
            <Text component="span" inherit fw={400} c="dimmed">
              {' '}
              (you)
            </Text>
          )}
        </Text>
        <Text component="span" display="block" fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {row.email}
        </Text>
      </>
    ),
  },
  {
    key: 'role',
    header: 'Role',
    width: 120,
    cell: (row) => (
      <Badge variant="light" color={row.role === 'owner' ? undefined : 'gray'} tt="none" fw={550}>
        {roleWords[row.role].label}
      </Badge>
    ),
  },
  { key: 'lists', header: 'Lists', from: 'sm', width: '40%', cell: (row) => listsOf(row) },
];

function listsOf({ role, lists }: MemberRow): string {
  if (role !== 'marketer') return 'All';
  if (lists.length === 0) return 'None yet';
  return lists.map(({ name, access }) => `${name} (${accessWords[access].label.toLowerCase()})`).join(', ');
}
