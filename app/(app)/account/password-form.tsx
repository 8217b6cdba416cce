'use client';

import { Button, Card, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { changePasswordAction } from './actions';

const empty = { current: '', password: '' };

export function PasswordForm() {
  const [form, setForm] = useState(empty);
  const { run, pending, problem, fields } = useAction(changePasswordAction);
  const set = (changes: Partial<typeof empty>) => setForm((current) => ({ ...current, ...changes }));
  const save = () =>
    run(form, () => {
      setForm(empty);
      notifications.show({
        color: 'teal',
        message: 'Your password was changed. You were signed out everywhere else.',
      });
    });
  return (
    <Card padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack gap="md">
          <div>
            <Title order={2}>Password</Title>
            <Text c="dimmed" fz="sm" mt={4}>
              Changing it signs you out everywhere but here.
            </Text>
          </div>
          <ProblemAlert problem={problem} />
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            maw={380}
            value={form.current}
            onChange={(event) => set({ current: event.currentTarget.value })}
            error={fields.current}
          />
          <PasswordInput
            label="New password"
            description="At least 10 characters."
            autoComplete="new-password"
            maw={380}
            value={form.password}
            onChange={(event) => set({ password: event.currentTarget.value })}
            error={fields.password}
          />
          <Group>
            <Button type="submit" loading={pending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
