'use client';

import {
  ActionIcon,
  Anchor,
  Button,
  Checkbox,
  Fieldset,
  Group,
  MultiSelect,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { Problem } from '@/lib/errors';
import { Link } from './link';
import { ProblemAlert } from './problem-alert';

export type ContactValues = {
  email: string;
  phone: string;
  firstName: string;
  lastName: string;
  timeZone: string;
  emailSubscribed: boolean;
  smsSubscribed: boolean;
  tracking: boolean;
  attributes: { name: string; value: string }[];
  listIds: string[];
};

export const emptyContact: ContactValues = {
  email: '',
  phone: '',
  firstName: '',
  lastName: '',
  timeZone: '',
  emailSubscribed: true,
  smsSubscribed: false,
  tracking: true,
  attributes: [],
  listIds: [],
};

type Props = {
  initial: ContactValues;
  /** Offered when a contact is added. */
  lists?: { id: string; name: string }[];
  /** It has to be on one of them. */
  needsList?: boolean;
  submitLabel: string;
  pending: boolean;
  problem: Problem | undefined;
  onSubmit: (values: ContactValues) => void;
  onCancel: () => void;
};

/** What a person says of a contact: for adding one and for editing one. */
export function ContactForm({
  initial,
  lists,
  needsList,
  submitLabel,
  pending,
  problem,
  onSubmit,
  onCancel,
}: Props) {
  const [values, setValues] = useState(initial);
  const set = (changes: Partial<ContactValues>) => setValues((old) => ({ ...old, ...changes }));
  const fields = problem?.fields ?? {};
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(values);
      }}
    >
      <Stack gap="md">
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="off"
          data-autofocus
          value={values.email}
          onChange={(event) => set({ email: event.currentTarget.value })}
          error={addressError(fields)}
          errorProps={{ component: 'div' }}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label="First name"
            autoComplete="off"
            value={values.firstName}
            onChange={(event) => set({ firstName: event.currentTarget.value })}
            error={fields.firstName}
          />
          <TextInput
            label="Last name"
            autoComplete="off"
            value={values.lastName}
            onChange={(event) => set({ lastName: event.currentTarget.value })}
            error={fields.lastName}
          />
          <TextInput
            label="Phone"
            type="tel"
            autoComplete="off"
            value={values.phone}
            onChange={(event) => set({ phone: event.currentTarget.value })}
            error={fields.phone}
          />
          <TimeZoneSelect
            value={values.timeZone}
            onChange={(timeZone) => set({ timeZone })}
            error={fields.timeZone}
          />
        </SimpleGrid>
        {lists && lists.length > 0 && (
          <MultiSelect
            label="Lists"
            placeholder={values.listIds.length === 0 ? 'None yet' : undefined}
            data={lists.map((list) => ({ value: list.id, label: list.name }))}
            value={values.listIds}
            onChange={(listIds) => set({ listIds })}
            error={fields.listIds}
            withAsterisk={needsList}
            searchable
            clearable
          />
        )}
        <Attributes
          entries={values.attributes}
          onChange={(attributes) => set({ attributes })}
          fields={fields}
        />
        {lists && (
          <Checkbox
            label="Agreed to get campaigns by e-mail"
            checked={values.emailSubscribed}
            onChange={(event) => set({ emailSubscribed: event.currentTarget.checked })}
          />
        )}
        <Checkbox
          label="Agreed to get text messages"
          checked={values.smsSubscribed}
          onChange={(event) => set({ smsSubscribed: event.currentTarget.checked })}
        />
        <Checkbox
          label="Record what they open and click"
          description="Take the tick away when they ask for it: their messages then hold nothing that could be counted."
          checked={values.tracking}
          onChange={(event) => set({ tracking: event.currentTarget.checked })}
        />
        <ProblemAlert problem={problem} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What is wrong with the address; whose it is, when somebody has it already. */
function addressError(fields: Record<string, string>): ReactNode {
  if (!fields.email) return null;
  if (!fields.contactId) return fields.email;
  return (
    <>
      {fields.email}{' '}
      <Anchor component={Link} href={`/contacts/${fields.contactId}`} fz="inherit" underline="always">
        Open it
      </Anchor>
    </>
  );
}

type TimeZoneProps = { value: string; onChange: (zone: string) => void; error?: string };

function TimeZoneSelect({ value, onChange, error }: TimeZoneProps) {
  const zones = useMemo(
    () =>
      ['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => ({
        value: zone,
        label: zone.replaceAll('_', ' '),
      })),
    [],
  );
  return (
    <Select
      label="Time zone"
      placeholder="Unknown"
      data={zones}
      value={value || null}
      onChange={(zone) => onChange(zone ?? '')}
      error={error}
      searchable
      clearable
      limit={60}
      nothingFoundMessage="No such time zone"
    />
  );
}

type AttributesProps = {
  entries: ContactValues['attributes'];
  onChange: (entries: ContactValues['attributes']) => void;
  fields: Record<string, string>;
};

function Attributes({ entries, onChange, fields }: AttributesProps) {
  const change = (index: number, entry: Partial<{ name: string; value: string }>) =>
    onChange(entries.map((old, at) => (at === index ? { ...old, ...entry } : old)));
  return (
    <Fieldset
      legend="Attributes"
      variant="unstyled"
      p={0}
      bd={0}
      m={0}
      styles={{ legend: { fontWeight: 500, paddingInline: 0 } }}
    >
      <Stack gap="xs">
        {entries.length === 0 && (
          <Text fz="sm" c="dimmed">
            What else you know of this person, to use in messages: city, plan, birthday.
          </Text>
        )}
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and their inputs are controlled
          <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={`Name of attribute ${index + 1}`}
              placeholder="name"
              value={entry.name}
              onChange={(event) => change(index, { name: event.currentTarget.value })}
              error={fields[`attributes.${index}.name`]}
              flex="0 1 38%"
            />
            <TextInput
              aria-label={`Value of ${entry.name || `attribute ${index + 1}`}`}
              placeholder="value"
              value={entry.value}
              onChange={(event) => change(index, { value: event.currentTarget.value })}
              error={fields[`attributes.${index}.value`]}
              flex={1}
            />
            <ActionIcon
              size={36}
              aria-label={`Remove ${entry.name || `attribute ${index + 1}`}`}
              onClick={() => onChange(entries.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...entries, { name: '', value: '' }])}
          style={{ alignSelf: 'flex-start' }}
        >
          Add an attribute
        </Button>
      </Stack>
    </Fieldset>
  );
}
