'use client';

import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { keyLifetimes, keyRoleWords } from '@/components/api-key-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { Role } from '@/lib/db/states';
import { createApiKeyAction } from './actions';
import { type Grant, KeyLists } from './key-lists';
import type { KeyChoices } from './new-key';

type Props = KeyChoices & { onMade: (token: string) => void; onCancel: () => void };

const never = 'never';
const initial = { name: '', role: 'marketer' as Role, days: '90', grants: [] as Grant[] };

export function NewKeyForm({ roles, lists, onMade, onCancel }: Props) {
  const [form, setForm] = useState(initial);
  const { run, pending, problem, fields } = useAction(createApiKeyAction);
  const set = (changes: Partial<typeof initial>) => setForm((current) => ({ ...current, ...changes }));
  const submit = () => {
    const { name, role, days, grants } = form;
    const expiresInDays = days === never ? null : Number(days);
    run({ name, role, grants: role === 'marketer' ? grants : [], expiresInDays }, ({ token }) =>
      onMade(token),
    );
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="What will use it, such as “Web shop”."
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={fields.name}
          maxLength={100}
          autoComplete="off"
          required
          data-autofocus
        />
        <Select
          label="What it may do"
          description={keyRoleWords[form.role].meaning}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={roles.map((value) => ({ value, label: keyRoleWords[value].label }))}
          value={form.role}
          onChange={(value) => set({ role: roles.find((role) => role === value) ?? form.role })}
          error={fields.role}
          allowDeselect={false}
        />
        {form.role === 'marketer' && (
          <KeyLists
            lists={lists}
            grants={form.grants}
            onChange={(grants) => set({ grants })}
            error={fields.grants}
          />
        )}
        <Select
          label="Ends after"
          data={keyLifetimes.map(({ days, label }) => ({ value: String(days ?? never), label }))}
          value={form.days}
          onChange={(days) => set({ days: days ?? never })}
          error={fields.expiresInDays}
          allowDeselect={false}
        />
        <ProblemAlert problem={problem} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Make key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
