'use client';

import { Button, Group, Modal, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { ShownOnce } from '@/components/shown-once';
import { useAction } from '@/components/use-action';
import type { WebhookId } from '@/lib/ids';
import { rotateWebhookSecretAction } from '../actions';

/** Gives a webhook a new key. */
export function SigningKey({ id, formerUntil }: { id: WebhookId; formerUntil: string | null }) {
  const [opened, dialog] = useDisclosure(false);
  const [secret, setSecret] = useState<string>();
  const { run, pending, problem } = useAction(rotateWebhookSecretAction);
  const close = () => {
    dialog.close();
    setSecret(undefined);
  };
  return (
    <Paper withBorder p="lg" maw={720}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Text fw={500} fz="sm">
            Signing key
          </Text>
          <Text fz="sm" c="dimmed" maw={460}>
            {formerUntil
              ? `Messages are signed with the new key and the former one until ${formerUntil}.`
              : 'Each message is signed with it, as Standard Webhooks describes, so that its receiver knows it is from you.'}
          </Text>
        </div>
        <Button variant="default" onClick={dialog.open}>
          Make a new key…
        </Button>
      </Group>
      <Modal
        opened={opened}
        onClose={close}
        title={secret === undefined ? 'Make a new key?' : 'The new key'}
        closeOnClickOutside={secret === undefined}
        closeOnEscape={secret === undefined}
        size="lg"
      >
        {secret === undefined ? (
          <Stack>
            <Text fz="sm">
              For a day messages are signed with both keys, so that its receiver loses none. After that the
              former one is worthless.
            </Text>
            <ProblemAlert problem={problem} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close} data-autofocus>
                Keep the key
              </Button>
              <Button loading={pending} onClick={() => run({ id }, (made) => setSecret(made.secret))}>
                Make a new key
              </Button>
            </Group>
          </Stack>
        ) : (
          <ShownOnce label="Signing key" value={secret} onDone={close} />
        )}
      </Modal>
    </Paper>
  );
}
