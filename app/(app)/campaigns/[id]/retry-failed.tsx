'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconRefresh } from '@tabler/icons-react';
import { formatCount, people } from '@/components/campaign-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { retryFailedAction } from '../actions';

/** Tries those once more who failed; it says first what that means. */
export function RetryFailed({ id, failed }: { id: string; failed: number }) {
  const [opened, { open, close }] = useDisclosure(false);
  const { run, pending, problem } = useAction(retryFailedAction);
  return (
    <>
      <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={open} className="numbers">
        Retry {formatCount(failed)} failed
      </Button>
      <Modal opened={opened} onClose={close} title={`Try ${people(failed)} again?`}>
        <Stack>
          <Text>
            They wait in the queue again, with all retries before them. Nobody who has got it gets it twice.
            Whoever unsubscribed meanwhile, or whose address was refused, is left out and counted as skipped.
          </Text>
          <ProblemAlert problem={problem} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={pending}>
              Not now
            </Button>
            <Button
              loading={pending}
              className="numbers"
              data-autofocus
              onClick={() =>
                run({ id }, ({ count }) => {
                  close();
                  notifications.show({ message: `${people(count)} will be tried again.` });
                })
              }
            >
              Try {people(failed)} again
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
