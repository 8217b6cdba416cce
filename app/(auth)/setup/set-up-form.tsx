'use client';

import {
  Button,
  Card,
  PasswordInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useEffect, useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { setUpAction } from '../actions';

type Option = { value: string; label: string };

const empty = {
  name: '',
  email: '',
  password: '',
  company: '',
  postalAddress: '',
  country: '',
  timeZone: 'UTC',
};

export function SetUpForm({ countries, timeZones }: { countries: Option[]; timeZones: Option[] }) {
  const [form, setForm] = useState(empty);
  const { run, pending, problem, fields } = useAction(setUpAction);
  const set = (changes: Partial<typeof empty>) => setForm((current) => ({ ...current, ...changes }));

  // The browser knows where it is; the server does not.
  useEffect(() => {
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const country = new Intl.Locale(navigator.language).region;
    setForm((current) => ({
      ...current,
      timeZone: timeZones.some(({ value }) => value === timeZone) ? timeZone : current.timeZone,
      country: current.country || (countries.some(({ value }) => value === country) ? (country ?? '') : ''),
    }));
  }, [countries, timeZones]);

  return (
    <Card maw={620} mx="auto" padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const { company, postalAddress, country, timeZone, ...owner } = form;
          run({ ...owner, workspace: { name: company, postalAddress, country, timeZone } });
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
                autoFocus
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
            <TextInput
              label="Company or organisation"
              description="Stands in the footer of every message and as the sender's name."
              autoComplete="organization"
              value={form.company}
              onChange={(e) => set({ company: e.currentTarget.value })}
              error={fields['workspace.name']}
            />
            <Textarea
              label="Postal address"
              description="Stands in the footer too: the law asks for one in commercial e-mail."
              autoComplete="street-address"
              autosize
              minRows={2}
              value={form.postalAddress}
              onChange={(e) => set({ postalAddress: e.currentTarget.value })}
              error={fields['workspace.postalAddress']}
            />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Select
                label="Country"
                searchable
                data={countries}
                value={form.country || null}
                onChange={(country) => set({ country: country ?? '' })}
                error={fields['workspace.country']}
                nothingFoundMessage="No such country"
              />
              <Select
                label="Time zone"
                searchable
                data={timeZones}
                value={form.timeZone}
                onChange={(timeZone) => set({ timeZone: timeZone ?? 'UTC' })}
                error={fields['workspace.timeZone']}
                nothingFoundMessage="No such time zone"
              />
            </SimpleGrid>
          </Stack>
          <Button type="submit" loading={pending} size="md">
            Create workspace
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
