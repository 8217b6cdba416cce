'use client';

import { Button, Card, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { resetAction } from '../../actions';
import { LinkGone } from './link-gone';

export function ResetForm({ token }: { token: string }) {
  const [password, setPassword] = useState('');
  const { run, pending, problem, fields } = useAction(resetAction);
  if (problem?.code === 'not_found') return <LinkGone />;
  return (
    <Card maw={400} mx="auto" padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          run({ token, password });
        }}
      >
        <Stack>
          <div>
            <Title order={1}>Choose a new password</Title>
            <Text c="dimmed" mt={4}>
              You are signed out everywhere then, and sign in with the new one.
            </Text>
          </div>
          <ProblemAlert problem={problem} />
          <PasswordInput
            label="New password"
            description="At least 10 characters."
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={fields.password}
          />
          <Button type="submit" loading={pending} fullWidth size="md" mt="xs">
            Change password
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
