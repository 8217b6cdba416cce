'use client';

import { Anchor, Button, Card, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from '@/components/link';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { forgotAction } from '../actions';

export function ForgotForm() {
  const [email, setEmail] = useState('');
  const [askedFor, setAskedFor] = useState<string>();
  const { run, pending, problem, fields } = useAction(forgotAction);
  return (
    <Card maw={400} mx="auto" padding="xl">
      {askedFor === undefined ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            run({ email: email.trim() }, () => setAskedFor(email.trim()));
          }}
        >
          <Stack>
            <div>
              <Title order={1}>Forgot your password?</Title>
              <Text c="dimmed" mt={4}>
                You get a message with a link, by which you choose a new one.
              </Text>
            </div>
            <ProblemAlert problem={problem} />
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={fields.email}
            />
            <Button type="submit" loading={pending} fullWidth size="md" mt="xs">
              Send me a link
            </Button>
            <BackToSignIn />
          </Stack>
        </form>
      ) : (
        <Stack role="status">
          <Title order={1}>Look into your mail</Title>
          <Text style={{ overflowWrap: 'anywhere' }}>
            If there is an account for <b>{askedFor}</b>, a link is on its way. It works once, within an hour.
          </Text>
          <Text c="dimmed" fz="sm">
            Nothing there after some minutes? Look among the spam, check the address, or ask an admin of your
            workspace.
          </Text>
          <Button variant="default" onClick={() => setAskedFor(undefined)}>
            Try another address
          </Button>
          <BackToSignIn />
        </Stack>
      )}
    </Card>
  );
}

const BackToSignIn = () => (
  <Anchor component={Link} href="/sign-in" fz="sm" ta="center">
    Back to sign in
  </Anchor>
);
