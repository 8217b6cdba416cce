'use client';

import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { createCampaignAction } from './actions';

/** Asks for a name only: all the rest is chosen while writing. */
export function NewCampaignForm({ onCancel }: { onCancel?: () => void }) {
  const [name, setName] = useState('');
  const { run, pending, problem, fields } = useAction(createCampaignAction);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) run({ name });
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="For yourself: recipients do not see it."
          placeholder="Spring newsletter"
          maxLength={200}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fields.name}
        />
        <ProblemAlert problem={problem} />
        <Group justify="flex-end" gap="xs">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Not now
            </Button>
          )}
          <Button type="submit" loading={pending}>
            Start writing
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
