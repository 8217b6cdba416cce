'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import type { WebhookId } from '@/lib/ids';
import { deleteWebhookAction, switchWebhookAction, testWebhookAction } from '../actions';

/** What can be done with a webhook as a whole. */
export function WebhookActions({ id, isOn }: { id: WebhookId; isOn: boolean }) {
  const [asking, dialog] = useDisclosure(false);
  const test = useAction(testWebhookAction);
  const turn = useAction(switchWebhookAction);
  const remove = useAction(deleteWebhookAction);
  useProblemNotice(test.problem ?? turn.problem);
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Delete…
      </Button>
      <Button variant="default" loading={turn.pending} onClick={() => turn.run({ id, on: !isOn })}>
        {isOn ? 'Switch off' : 'Switch on'}
      </Button>
      {isOn && (
        <Button
          loading={test.pending}
          onClick={() =>
            test.run({ id }, () => notifications.show({ message: 'A test is on its way. See below.' }))
          }
        >
          Send a test
        </Button>
      )}
      <Modal opened={asking} onClose={dialog.close} title="Delete this webhook?">
        <Stack>
          <Text fz="sm">
            It is told of nothing any more, and what it was told is forgotten. This cannot be undone.
          </Text>
          <ProblemAlert problem={remove.problem} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close} data-autofocus>
              Keep it
            </Button>
            <Button color="red" loading={remove.pending} onClick={() => remove.run({ id })}>
              Delete webhook
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
