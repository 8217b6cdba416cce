'use client';

import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Problem } from '@/lib/errors';
import { ProblemAlert } from './problem-alert';

type Props = {
  initial?: string;
  submitLabel: string;
  pending: boolean;
  problem: Problem | undefined;
  onSubmit: (name: string) => void;
  onCancel: () => void;
};

/** One field: what a list is called. */
export function ListNameForm({ initial = '', submitLabel, pending, problem, onSubmit, onCancel }: Props) {
  const [name, setName] = useState(initial);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(name);
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          description="For you alone: readers do not see it in the message."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={problem?.fields?.name}
          maxLength={100}
          autoComplete="off"
          data-autofocus
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
