import { Text, Title, VisuallyHidden } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import { type Column, DataTable } from '@/components/data-table';
import { roleWords } from '@/components/member-words';
import type { Invitation } from '@/lib/members/invitations';
import { InvitationMenu } from './invitation-menu';

type Props = {
  invitations: Invitation[];
  timeZone: string;
  mayChange: (invitation: Invitation) => boolean;
};

/** What was offered and not accepted yet. */
export function PendingInvitations({ invitations, timeZone, mayChange }: Props) {
  const columns: Column<Invitation>[] = [
    {
      key: 'to',
      header: 'For',
      cell: (row) => (
        <>
          <Text component="span" display="block" fz="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
            {row.email ?? 'Whoever has the link'}
          </Text>
          <Text component="span" display="block" fz="xs" c="dimmed">
            {row.invitedBy ? `Invited by ${row.invitedBy}` : 'Invited'}
          </Text>
        </>
      ),
    },
    {
      key: 'role',
      header: 'Role',
      width: 110,
      cell: ({ role, lists }) => (
        <>
          {roleWords[role].label}
          {role === 'marketer' && (
            <Text component="span" display="block" fz="xs" c="dimmed" className="numbers">
              {lists === 1 ? '1 list' : `${lists.toLocaleString('en')} lists`}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'until',
      header: 'Holds until',
      from: 'sm',
      width: 180,
      cell: ({ expired, expiresAt }) => (
        <Text component="span" fz="sm" c={expired ? undefined : 'dimmed'} className="numbers">
          {expired ? 'Ran out' : formatMoment(expiresAt, timeZone)}
        </Text>
      ),
    },
    {
      key: 'menu',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      align: 'right',
      width: 64,
      cell: (row) => mayChange(row) && <InvitationMenu id={row.id} email={row.email} />,
    },
  ];
  return (
    <>
      <Title order={2} mt="xl" mb="sm">
        Invitations
      </Title>
      <DataTable label="Invitations" rows={invitations} columns={columns} rowKey={(row) => row.id} />
    </>
  );
}
