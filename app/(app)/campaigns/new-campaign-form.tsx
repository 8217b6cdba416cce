'use client';

import { Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { Channel } from '@/lib/db/states';
import { createCampaignAction } from './actions';

/** Asks for the kind of message and a name only: all the rest is chosen while writing. */
export function NewCampaignForm({ onCancel }: { onCancel?: () => void }) {
  const [name, setName] = useState('');
  const [channel, setChannel] = useState<Channel>('email');
  const { run, pending, problem, fields } = useAction(createCampaignAction);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) run({ name, channel });
      }}
    >
      <Stack>
        <SegmentedControl
          fullWidth
          aria-label="What kind of message"
          value={channel}
          onChange={(value) => setChannel(value === 'sms' ? 'sms' : 'email')}
          data={[
            { value: 'email', label: 'E-mail' },
            { value: 'sms', label: 'Text message' },
          ]}
        />
        <TextInput
          label="Name"
          description="For yourself: recipients do not see it."
          placeholder={channel === 'email' ? 'Spring newsletter' : 'Bread on Sunday'}
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
