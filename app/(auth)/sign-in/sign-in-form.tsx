'use client';

import { Alert, Anchor, Button, Card, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from '@/components/link';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { signInAction } from '../actions';

export function SignInForm({ isPasswordNew }: { isPasswordNew: boolean }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { run, pending, problem, fields } = useAction(signInAction);
  return (
    <Card maw={400} mx="auto" padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          run({ email, password });
        }}
      >
        <Stack>
          <Title order={1}>Sign in</Title>
          {isPasswordNew && !problem && (
            <Alert color="teal" variant="light" role="status">
              Your password was changed, and you were signed out everywhere. Sign in with the new one.
            </Alert>
          )}
          <ProblemAlert problem={problem} />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={fields.email}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={fields.password}
          />
          <Button type="submit" loading={pending} fullWidth size="md" mt="xs">
            Sign in
          </Button>
          <Anchor component={Link} href="/forgot" fz="sm" ta="center">
            Forgot your password?
          </Anchor>
        </Stack>
      </form>
    </Card>
  );
}
