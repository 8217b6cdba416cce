'use client';

import { Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useState, useSyncExternalStore } from 'react';
import type { WorkspaceProfile } from '@/lib/workspaces/profile';

export type Option = { value: string; label: string };

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

type NewWorkspace = { profile: WorkspaceProfile; set: (changes: Partial<WorkspaceProfile>) => void };

/** A workspace as it is typed in, where the browser is until something else is chosen. */
export function useNewWorkspace(countries: Option[], timeZones: Option[]): NewWorkspace {
  const place = useBrowserPlace(countries, timeZones);
  const [chosen, setChosen] = useState<Partial<WorkspaceProfile>>({});
  return {
    profile: { name: '', postalAddress: '', ...place, ...chosen },
    set: (changes) => setChosen((current) => ({ ...current, ...changes })),
  };
}

type Props = {
  workspace: NewWorkspace;
  countries: Option[];
  timeZones: Option[];
  /** What is wrong, by field. */
  fields: Record<string, string>;
  /** What stands before a field's name there. */
  prefix?: string;
};

export function WorkspaceFields({ workspace, countries, timeZones, fields, prefix = '' }: Props) {
  const { profile, set } = workspace;
  const error = (name: keyof WorkspaceProfile) => fields[prefix + name];
  return (
    <>
      <TextInput
        label="Company or organisation"
        description="Stands in the footer of every message and as the sender's name."
        autoComplete="organization"
        value={profile.name}
        onChange={(e) => set({ name: e.currentTarget.value })}
        error={error('name')}
      />
      <Textarea
        label="Postal address"
        description="Stands in the footer too: the law asks for one in commercial e-mail."
        autoComplete="street-address"
        autosize
        minRows={2}
        value={profile.postalAddress}
        onChange={(e) => set({ postalAddress: e.currentTarget.value })}
        error={error('postalAddress')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label="Country"
          searchable
          data={countries}
          value={profile.country || null}
          onChange={(country) => set({ country: country ?? '' })}
          error={error('country')}
          nothingFoundMessage="No such country"
        />
        <Select
          label="Time zone"
          searchable
          data={timeZones}
          value={profile.timeZone}
          onChange={(timeZone) => set({ timeZone: timeZone ?? 'UTC' })}
          error={error('timeZone')}
          nothingFoundMessage="No such time zone"
        />
      </SimpleGrid>
    </>
  );
}
