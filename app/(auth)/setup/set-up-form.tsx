'use client';

import { Button, Card, PasswordInput, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { setUpAction } from '../actions';
import { type Option, useNewWorkspace, WorkspaceFields } from '../workspace-fields';

const empty = { name: '', email: '', password: '' };

type Props = { countries: Option[]; timeZones: Option[] };

export function SetUpForm({ countries, timeZones }: Props) {
  const [form, setForm] = useState(empty);
  const { run, pending, problem, fields } = useAction(setUpAction);
  const set = (changes: Partial<typeof empty>) => setForm((current) => ({ ...current, ...changes }));

  const workspace = useNewWorkspace(countries, timeZones);

  return (
    <Card maw={620} mx="auto" padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          run({ ...form, workspace: workspace.profile });
        }}
      >
        <Stack gap="lg">
          <div>
            <Title order={1}>Welcome to Posthaste</Title>
            <Text c="dimmed" mt={4}>
              Make your account and your workspace. It takes a minute, and everything can be changed later.
            </Text>
          </div>
          <ProblemAlert problem={problem} />
          <Stack gap="sm" component="section" aria-labelledby="you">
            <Title order={2} id="you">
              You
            </Title>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput
                label="Your name"
                autoComplete="name"
                value={form.name}
                onChange={(e) => set({ name: e.currentTarget.value })}
                error={fields.name}
              />
              <TextInput
                label="E-mail"
                type="email"
                autoComplete="username"
                value={form.email}
                onChange={(e) => set({ email: e.currentTarget.value })}
                error={fields.email}
              />
            </SimpleGrid>
            <PasswordInput
              label="Password"
              description="At least 10 characters."
              autoComplete="new-password"
              value={form.password}
              onChange={(e) => set({ password: e.currentTarget.value })}
              error={fields.password}
            />
          </Stack>
          <Stack gap="sm" component="section" aria-labelledby="workspace">
            <Title order={2} id="workspace">
              Your workspace
            </Title>
            <WorkspaceFields
              workspace={workspace}
              {...{ countries, timeZones, fields }}
              prefix="workspace."
            />
          </Stack>
          <Button type="submit" loading={pending} size="md">
            Create workspace
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
