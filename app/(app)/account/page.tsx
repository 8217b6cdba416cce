import { Badge, Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import { type Column, DataTable } from '@/components/data-table';
import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { listSessions, type OpenSession } from '@/lib/auth/sessions';
import type { SessionId } from '@/lib/ids';
import { NameForm } from './name-form';
import { PasswordForm } from './password-form';
import { SignOutElsewhere } from './sign-out-elsewhere';
import { SignOutSession } from './sign-out-session';

export const metadata = { title: 'Your account' };

export default authorizedPage('account', async (scope, { member }) => {
  const sessions = await listSessions(scope);
  const { id: here, user } = member.session;
  return (
    <>
      <PageHeader title="Your account" description="It is the same in all workspaces that you belong to." />
      <Stack gap="lg" maw={820}>
        <NameForm name={user.name} email={user.email} />
        <PasswordForm />
        <section aria-labelledby="signed-in">
          <Group justify="space-between" mb="sm" gap="sm">
            <Title order={2} id="signed-in">
              Where you are signed in
            </Title>
            {sessions.length > 1 && <SignOutElsewhere />}
          </Group>
          <DataTable
            label="Where you are signed in"
            columns={columns(here, member.workspace.timeZone)}
            rows={sessions}
            rowKey={({ id }) => id}
          />
        </section>
      </Stack>
    </>
  );
});

/** An IPv4 address that came over an IPv6 socket, as people know it. */
const addressOf = ({ address }: OpenSession) => address?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown';

function columns(here: SessionId, timeZone: string): Column<OpenSession>[] {
  return [
    {
      key: 'device',
      header: 'Device',
      cell: (session) => (
        <>
          <Group component="span" gap={8}>
            <Text span fz="sm" fw={500}>
              {session.device}
            </Text>
            {session.id === here && (
              <Badge size="sm" variant="light" color="gray" tt="none">
                This one
              </Badge>
            )}
          </Group>
          <Text span display="block" hiddenFrom="md" fz="xs" c="dimmed" mt={2}>
            {addressOf(session)}, seen {formatMoment(session.lastSeenAt, timeZone)}
          </Text>
        </>
      ),
    },
    { key: 'address', header: 'Address', from: 'md', cell: addressOf },
    { key: 'opened', header: 'Opened', from: 'md', cell: (row) => formatMoment(row.openedAt, timeZone) },
    { key: 'seen', header: 'Last seen', from: 'md', cell: (row) => formatMoment(row.lastSeenAt, timeZone) },
    {
      key: 'end',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      align: 'right',
      cell: (session) => session.id !== here && <SignOutSession id={session.id} device={session.device} />,
    },
  ];
}
