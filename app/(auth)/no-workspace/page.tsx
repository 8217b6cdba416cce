import { Button, Card, Stack, Text, Title } from '@mantine/core';
import { redirect } from 'next/navigation';
import { Link } from '@/components/link';
import { signedInPage } from '@/lib/action';
import { SignOutButton } from '../sign-out-button';

export const metadata = { title: 'No workspace' };

export default signedInPage(async (session, { member }) => {
  if (member) redirect('/');
  return (
    <Card maw={460} mx="auto" padding="xl">
      <Stack>
        <Title order={1}>You are in no workspace</Title>
        <Text>
          You are signed in as <b style={{ overflowWrap: 'anywhere' }}>{session.user.email}</b>, and a member
          of no workspace any more. Ask for an invitation, or make a workspace of your own.
        </Text>
        <Button component={Link} href="/new-workspace">
          New workspace
        </Button>
        <SignOutButton variant="default">Sign out</SignOutButton>
      </Stack>
    </Card>
  );
});
