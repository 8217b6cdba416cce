'use client';

import { Button, Group, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { ShownOnce } from '@/components/shown-once';
import { useAction } from '@/components/use-action';
import { createWebhookAction } from './actions';
import { WebhookFields, type WebhookForm } from './webhook-fields';

const initial: WebhookForm = { url: '', events: [] };

/** Asks where and what, then shows the key that signs: once. */
export function NewWebhook() {
  const [opened, dialog] = useDisclosure(false);
  const [form, setForm] = useState(initial);
  const [secret, setSecret] = useState<string>();
  const { run, pending, problem, fields } = useAction(createWebhookAction);
  const router = useRouter();
  const close = () => {
    dialog.close();
    if (secret !== undefined) router.refresh();
    setSecret(undefined);
    setForm(initial);
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
        Add webhook
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={secret === undefined ? 'New webhook' : 'The key of your new webhook'}
        // What cannot be shown again must not be closed by a slip of the hand.
        closeOnClickOutside={secret === undefined}
        closeOnEscape={secret === undefined}
        size="lg"
      >
        {secret === undefined ? (
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              run(form, (made) => setSecret(made.secret));
            }}
          >
            <Stack>
              <WebhookFields value={form} onChange={setForm} errors={fields} />
              <ProblemAlert problem={problem} />
              <Group justify="flex-end">
                <Button variant="default" onClick={close}>
                  Cancel
                </Button>
                <Button type="submit" loading={pending}>
                  Add webhook
                </Button>
              </Group>
            </Stack>
          </form>
        ) : (
          <ShownOnce label="Signing key" value={secret} onDone={close} />
        )}
      </Modal>
    </>
  );
}
