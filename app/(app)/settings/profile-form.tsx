'use client';

import {
  Button,
  Card,
  Fieldset,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { WorkspaceProfile } from '@/lib/workspaces/profile';
import { changeProfileAction } from './actions';

type Option = { value: string; label: string };
type Props = { readOnly: boolean; profile: WorkspaceProfile; countries: Option[]; timeZones: Option[] };

export function ProfileForm({ readOnly, profile, countries, timeZones }: Props) {
  const [form, setForm] = useState(profile);
  const { run, pending, problem, fields } = useAction(changeProfileAction);
  const set = (changes: Partial<WorkspaceProfile>) => setForm((current) => ({ ...current, ...changes }));
  const save = () =>
    run(form, () => notifications.show({ color: 'teal', message: 'Your workspace was saved.' }));
  return (
    <Card maw={640} padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Fieldset variant="unstyled" disabled={readOnly} p={0} bd={0} m={0}>
          <Stack gap="lg">
            <Title order={2}>Workspace</Title>
            <ProblemAlert problem={problem} />
            <TextInput
              label="Company or organisation"
              description="Stands in the footer of every campaign."
              value={form.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              error={fields.name}
            />
            <Textarea
              label="Postal address"
              description="Stands in the footer too: the law asks for one in commercial e-mail."
              autosize
              minRows={2}
              value={form.postalAddress}
              onChange={(event) => set({ postalAddress: event.currentTarget.value })}
              error={fields.postalAddress}
            />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Select
                label="Country"
                description="For phone numbers without a country code."
                searchable
                allowDeselect={false}
                data={countries}
                value={form.country}
                onChange={(country) => set({ country: country ?? '' })}
                error={fields.country}
                nothingFoundMessage="No such country"
              />
              <Select
                label="Time zone"
                description="For the times that you see."
                searchable
                allowDeselect={false}
                data={timeZones}
                value={form.timeZone}
                onChange={(timeZone) => set({ timeZone: timeZone ?? 'UTC' })}
                error={fields.timeZone}
                nothingFoundMessage="No such time zone"
              />
            </SimpleGrid>
            {!readOnly && (
              <Group>
                <Button type="submit" loading={pending}>
                  Save
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
    </Card>
  );
}
