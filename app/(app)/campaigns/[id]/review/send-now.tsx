'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSend } from '@tabler/icons-react';
import { duration, people } from '@/components/campaign-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { Preflight } from '@/lib/campaigns/preflight';
import { sendCampaignAction } from '../../actions';

type Props = { id: string; name: string; plan: Preflight; canSend: boolean };

/** The button says what it does, and asks once more, because it cannot be taken back. */
export function SendNow({ id, name, plan, canSend }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const { run, pending, problem } = useAction(sendCampaignAction);
  const label = `Send to ${people(plan.recipients)} now`;
  const send = () => {
    if (pending) return;
    run({ id });
  };
  return (
    <>
      <Button
        size="md"
        fullWidth
        className="numbers"
        leftSection={<IconSend size={18} aria-hidden />}
        disabled={!canSend}
        onClick={open}
      >
        {label}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Send “${name}” to ${people(plan.recipients)}?`}
        closeOnClickOutside={false}
      >
        <Stack>
          <Text>
            {plan.sender && `From ${plan.sender.fromName}, `}
            {plan.seconds === null
              ? 'as fast as the server takes them'
              : `under the limits that are set: it takes ${duration(plan.seconds)}`}
            . You can pause or cancel while it goes out, but what has gone out cannot be taken back.
          </Text>
          <ProblemAlert problem={problem} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={pending}>
              Not yet
            </Button>
            <Button loading={pending} onClick={send} className="numbers" data-autofocus>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
