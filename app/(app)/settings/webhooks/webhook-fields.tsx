'use client';

import { Checkbox, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { webhookEventColumns } from '@/components/webhook-words';
import { type WebhookEvent, webhookEvents } from '@/lib/db/states';

export type WebhookForm = { url: string; events: WebhookEvent[] };

type Props = {
  value: WebhookForm;
  onChange: (value: WebhookForm) => void;
  errors: Record<string, string>;
};

/** Where a webhook goes, and what it is told. */
export function WebhookFields({ value, onChange, errors }: Props) {
  return (
    <Stack>
      <TextInput
        label="Address"
        description="Posthaste posts JSON to it. It must be on the Internet, and answer with a status from 200 to 299."
        placeholder="https://shop.example.com/hooks/posthaste"
        type="url"
        value={value.url}
        onChange={(event) => onChange({ ...value, url: event.currentTarget.value })}
        error={errors.url}
        autoComplete="off"
        required
        data-autofocus
      />
      <Checkbox.Group
        label="Tell it when"
        value={value.events}
        onChange={(chosen) =>
          onChange({ ...value, events: webhookEvents.filter((event) => chosen.includes(event)) })
        }
        error={errors.events}
        required
      >
        <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs" spacing="lg">
          {webhookEventColumns.map((groups) => (
            <Stack key={groups[0]?.label} gap="lg">
              {groups.map(({ label, events }) => (
                <Stack key={label} gap={8}>
                  <Text fz="xs" c="dimmed" fw={500}>
                    {label}
                  </Text>
                  {Object.entries(events).map(([event, says]) => (
                    <Checkbox key={event} value={event} label={says} size="sm" />
                  ))}
                </Stack>
              ))}
            </Stack>
          ))}
        </SimpleGrid>
      </Checkbox.Group>
    </Stack>
  );
}
