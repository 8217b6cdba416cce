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
import { useState, useSyncExternalStore } from 'react';
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
};

/** What is chosen; undefined: what the browser says. */
type Place = { country?: string; timeZone?: string };

// The browser knows where it is; the server does not.
const never = () => () => undefined;
const browserTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
// By hand: some browsers name the language of a machine without one "en-US@posix", which Intl refuses.
const browserCountry = () => /^[a-z]+-(?:[A-Z][a-z]{3}-)?([A-Z]{2})\b/.exec(navigator.language)?.[1] ?? '';

function useBrowserPlace(countries: Option[], timeZones: Option[]): Required<Place> {
  const timeZone = useSyncExternalStore(never, browserTimeZone, () => 'UTC');
  const country = useSyncExternalStore(never, browserCountry, () => '');
  return {
    timeZone: timeZones.some(({ value }) => value === timeZone) ? timeZone : 'UTC',
    country: countries.some(({ value }) => value === country) ? country : '',
  };
}

export function SetUpForm({ countries, timeZones }: { countries: Option[]; timeZones: Option[] }) {
  const [form, setForm] = useState(empty);
  const { run, pending, problem, fields } = useAction(setUpAction);
  const set = (changes: Partial<typeof empty>) => setForm((current) => ({ ...current, ...changes }));

  const [place, setPlace] = useState<Place>({});
  const { country, timeZone } = { ...useBrowserPlace(countries, timeZones), ...place };

  return (
    <Card maw={620} mx="auto" padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const { company, postalAddress, ...owner } = form;
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
                value={country || null}
                onChange={(chosen) => setPlace({ ...place, country: chosen ?? '' })}
                error={fields['workspace.country']}
                nothingFoundMessage="No such country"
              />
              <Select
                label="Time zone"
                searchable
                data={timeZones}
                value={timeZone}
                onChange={(chosen) => setPlace({ ...place, timeZone: chosen ?? 'UTC' })}
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
