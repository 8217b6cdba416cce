import { Button, Card, Stack, Text, Title } from '@mantine/core';
import type { Metadata } from 'next';
import { Link } from '@/components/link';
import { aRole } from '@/components/member-words';
import { currentMember, currentSession } from '@/lib/auth/session';
import { findInvitation, type OpenInvitation } from '@/lib/members/join';
import { SignOutButton } from '../../sign-out-button';
import { AcceptButton } from './accept-button';
import { JoinForms } from './join-forms';

export const metadata: Metadata = {
  title: 'Invitation',
  robots: { index: false, follow: false },
  referrer: 'no-referrer',
};

type Props = { params: Promise<{ token: string }> };

/** Shows an invitation. Mail programs and scanners open links, so that opening this one changes nothing. */
export default async function JoinPage({ params }: Props) {
  const { token } = await params;
  const invitation = await findInvitation(token);
  return (
    <Card maw={460} mx="auto" padding="xl">
      {invitation ? <Invitation token={token} invitation={invitation} /> : <Gone />}
    </Card>
  );
}

function Gone() {
  return (
    <Stack>
      <Title order={1}>This invitation does not work</Title>
      <Text>
        It was used, taken back, or is more than seven days old. Ask whoever invited you for a new one.
      </Text>
      <Button component={Link} href="/" variant="light">
        Go to home
      </Button>
    </Stack>
  );
}

async function Invitation({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const { workspace, role, invitedBy } = invitation;
  return (
    <Stack>
      <Title order={1} style={{ overflowWrap: 'anywhere' }}>
        Join {workspace}
      </Title>
      <Text style={{ overflowWrap: 'anywhere' }}>
        {invitedBy ? `${invitedBy} invites you` : 'You are invited'} to work in this workspace as{' '}
        {aRole[role]}.
      </Text>
      <Answer token={token} invitation={invitation} />
    </Stack>
  );
}

async function Answer({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const session = await currentSession();
  const { email, hasAccount, workspace, workspaceId } = invitation;
  const here = `/join/${token}`;
  if (!session) return <JoinForms token={token} email={email} hasAccount={hasAccount} />;
  const signedInAs = session.user.email;
  const member = await currentMember();
  if (member?.memberships.some((membership) => membership.workspaceId === workspaceId))
    return (
      <>
        <Text>You are a member of this workspace already.</Text>
        <Button component={Link} href="/">
          Go to home
        </Button>
      </>
    );
  const isTheirs = email === null || email === signedInAs.toLowerCase();
  return (
    <>
      <Text style={{ overflowWrap: 'anywhere' }}>
        {isTheirs
          ? `You are signed in as ${signedInAs}.`
          : `The invitation is for ${email}, and you are signed in as ${signedInAs}. Sign out to accept it with that address, or ask for one of your own.`}
      </Text>
      {isTheirs && <AcceptButton token={token} workspace={workspace} />}
      <SignOutButton next={here} variant="default">
        {isTheirs ? 'Use another account' : 'Sign out'}
      </SignOutButton>
    </>
  );
}
