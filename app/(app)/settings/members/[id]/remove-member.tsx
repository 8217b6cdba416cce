'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { UserId } from '@/lib/ids';
import { removeMemberAction } from '../actions';
import { EndingKeys } from './ending-keys';

export function RemoveMember({ id, name, keys }: { id: UserId; name: string; keys: string[] }) {
  const [opened, { open, close }] = useDisclosure(false);
  const { run, pending, problem } = useAction(removeMemberAction);
  return (
    <>
      <Button variant="default" onClick={open}>
        Remove from workspace
      </Button>
      <Modal opened={opened} onClose={close} title={`Remove ${name}?`}>
        <Stack>
          <Text fz="sm">
            They lose access with their next click, and invitations that they made end. What they made stays.
            A campaign that they scheduled waits for somebody else instead of going out.
          </Text>
          <EndingKeys keys={keys} />
          <ProblemAlert problem={problem} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} data-autofocus>
              Keep them
            </Button>
            <Button color="red.9" loading={pending} onClick={() => run({ id })}>
              Remove {name}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
