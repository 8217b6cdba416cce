import { Anchor, Card, Stack, Text, Title } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { type Column, DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { Link } from '@/components/link';
import { accessWords, roleWords } from '@/components/member-words';
import { PageHeader } from '@/components/page-header';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { type ApiKey, listApiKeys } from '@/lib/api-keys/list-keys';
import { may } from '@/lib/auth/policy';
import type { ListAccess } from '@/lib/db/states';
import { notFound } from '@/lib/errors';
import { type ListId, UserId } from '@/lib/ids';
import { listsOfMember } from '@/lib/members/list-access';
import { findMember, type Member } from '@/lib/members/members';
import { AccessSelect } from '../access-select';
import { RemoveMember } from './remove-member';
import { RoleForm } from './role-form';

export const metadata = { title: 'Member' };

export default authorizedPage('members:read', async (scope, { params, member: self }) => {
  const id = UserId.safeParse(params.id);
  const member = valueOrNotFound(id.success ? await findMember(scope, id.data) : notFound('member'));
  const lists = member.role === 'marketer' ? await listsOfMember(scope, member.userId) : [];
  const isSelf = member.userId === self.session.user.id;
  const canWrite = may(scope, 'members:write');
  const canChange = canWrite && (member.role !== 'owner' || self.role === 'owner');
  const keys = canChange ? (await listApiKeys(scope)).filter(isActiveOf(member.userId)) : [];
  return (
    <>
      <PageHeader
        title={member.name}
        description={member.email}
        back={{ href: '/settings/members', label: 'Members' }}
        actions={
          canChange && !isSelf && <RemoveMember id={member.userId} name={member.name} keys={names(keys)} />
        }
      />
      <Stack gap="lg">
        <Card component="section" aria-labelledby="role" maw={640}>
          <Title order={2} id="role" mb="sm">
            Role
          </Title>
          {canChange ? (
            <RoleForm
              id={member.userId}
              name={member.name}
              role={member.role}
              mayMakeOwners={self.role === 'owner'}
              keys={names(keys)}
              ownerKeys={names(keys.filter((key) => key.role === 'owner'))}
            />
          ) : (
            <Text fz="sm">
              <b>{roleWords[member.role].label}.</b> {roleWords[member.role].meaning}
            </Text>
          )}
        </Card>
        <section aria-labelledby="lists">
          <Title order={2} id="lists" mb="sm">
            List access
          </Title>
          {member.role === 'marketer' ? (
            <DataTable
              label={`Lists of ${member.name}`}
              rows={lists}
              columns={columns(member, canWrite)}
              rowKey={(list) => list.id}
              empty={<NoLists />}
            />
          ) : (
            <Text fz="sm" c="dimmed">
              {member.role === 'viewer' ? 'Sees every list.' : 'Reaches every list.'} Only a marketer’s access
              is set list by list.
            </Text>
          )}
        </section>
      </Stack>
    </>
  );
});

const isActiveOf =
  (userId: UserId) =>
  ({ makerId, state }: ApiKey) =>
    makerId === userId && state === 'active';

const names = (keys: ApiKey[]) => keys.map(({ name }) => name);

type Row = { id: ListId; name: string; contactCount: number; access: ListAccess | null };

const columns = (member: Member, canWrite: boolean): Column<Row>[] => [
  {
    key: 'name',
    header: 'List',
    cell: (list) => (
      <Anchor component={Link} href={`/lists/${list.id}`} fz="sm" style={{ overflowWrap: 'anywhere' }}>
        {list.name}
      </Anchor>
    ),
  },
  {
    key: 'contacts',
    header: 'Contacts',
    align: 'right',
    from: 'sm',
    width: 120,
    cell: (list) => list.contactCount.toLocaleString('en'),
  },
  {
    key: 'access',
    header: 'Access',
    width: 160,
    cell: (list) =>
      canWrite ? (
        <AccessSelect
          userId={member.userId}
          listId={list.id}
          access={list.access}
          label={`Access of ${member.name} to ${list.name}`}
        />
      ) : list.access ? (
        accessWords[list.access].label
      ) : (
        'No access'
      ),
  },
];

function NoLists() {
  return (
    <EmptyState icon={<IconUsersGroup size={30} stroke={1.4} />} title="There is no list yet" order={3}>
      A marketer can make one of their own, or you grant them yours here once there is one.
    </EmptyState>
  );
}
