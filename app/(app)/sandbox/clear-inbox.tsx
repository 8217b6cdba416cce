'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { clearInboxAction } from './actions';

export function ClearInbox({ total, isMore }: { total: number; isMore: boolean }) {
  const [asking, dialog] = useDisclosure(false);
  const { run, pending, problem } = useAction(clearInboxAction);
  const messages =
    total === 1 && !isMore ? '1 message' : `${total.toLocaleString('en')}${isMore ? '+' : ''} messages`;
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Clear inbox
      </Button>
      <Modal opened={asking} onClose={dialog.close} title="Clear the sandbox inbox?">
        <Stack>
          <Text fz="sm">
            {messages} will be deleted for good. Campaign reports and contacts stay as they are.
          </Text>
          <ProblemAlert problem={problem} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              Keep them
            </Button>
            <Button color="red" loading={pending} onClick={() => run({}, dialog.close)}>
              Delete {messages}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
