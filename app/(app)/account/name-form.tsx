'use client';

import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { changeNameAction } from './actions';

export function NameForm({ name: initial, email }: { name: string; email: string }) {
  const [name, setName] = useState(initial);
  const { run, pending, problem, fields } = useAction(changeNameAction);
  return (
    <Card padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          run({ name }, () => notifications.show({ color: 'teal', message: 'Your name was saved.' }));
        }}
      >
        <Stack gap="md">
          <div>
            <Title order={2}>You</Title>
            <Text c="dimmed" fz="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>
              You sign in as {email}.
            </Text>
          </div>
          <ProblemAlert problem={problem} />
          <TextInput
            label="Name"
            description="Your colleagues see it."
            autoComplete="name"
            maw={380}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fields.name}
          />
          <Group>
            <Button type="submit" loading={pending}>
              Save name
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
