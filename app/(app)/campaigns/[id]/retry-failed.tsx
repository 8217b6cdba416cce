'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconRefresh } from '@tabler/icons-react';
import { formatCount, people } from '@/components/campaign-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { retryFailedAction } from '../actions';

type Props = {
  id: string;
  failed: number;
  /** How many of them were not refused for good. */
  worth: number;
};

/** Tries those once more who failed; it says first what that means, and for how many it may help. */
export function RetryFailed({ id, failed, worth }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const { run, pending, problem } = useAction(retryFailedAction);
  return (
    <>
      <Button
        variant={worth > failed / 2 ? 'filled' : 'default'}
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={open}
        className="numbers"
      >
        Retry {formatCount(failed)} failed
      </Button>
      <Modal opened={opened} onClose={close} title={`Try ${people(failed)} again?`}>
        <Stack>
          {worth < failed && (
            <Text className="numbers">
              {worth === 0
                ? 'All of them were refused for good: another try will most likely end the same.'
                : `For ${people(worth)} another try may help; the rest were refused for good.`}
            </Text>
          )}
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
