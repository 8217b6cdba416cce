'use client';

import { Button, Group, Paper, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { WebhookId } from '@/lib/ids';
import { updateWebhookAction } from '../actions';
import { WebhookFields, type WebhookForm } from '../webhook-fields';

export function WebhookSettings({ id, initial }: { id: WebhookId; initial: WebhookForm }) {
  const [form, setForm] = useState(initial);
  const { run, pending, problem, fields } = useAction(updateWebhookAction);
  return (
    <Paper
      component="form"
      withBorder
      p="lg"
      maw={720}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run({ id, ...form }, () => notifications.show({ color: 'teal', message: 'The webhook was saved.' }));
      }}
    >
      <Stack>
        <WebhookFields value={form} onChange={setForm} errors={fields} />
        <ProblemAlert problem={problem} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            Save
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
