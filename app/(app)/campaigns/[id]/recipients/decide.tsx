'use client';

import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconHelpCircle } from '@tabler/icons-react';
import classes from '@/components/campaign.module.css';
import { formatCount, people } from '@/components/campaign-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import type { CampaignId, DeliveryId } from '@/lib/ids';
import { acceptUnconfirmedAction, resendUnconfirmedAction } from '../../actions';

type Props = {
  id: CampaignId;
  which: 'waiting' | [DeliveryId];
  /** "x@example.com", or how many. */
  whom: string;
  /** False: the campaign was cancelled, or is paused, and sends nothing. */
  canResend: boolean;
  size?: 'compact-xs' | 'sm';
};

/** The two things that one can do about a message that may or may not have gone out. */
export function Decide({ id, which, whom, canResend, size = 'compact-xs' }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const resend = useAction(resendUnconfirmedAction);
  const accept = useAction(acceptUnconfirmedAction);
  useProblemNotice(accept.problem);
  const all = which === 'waiting';
  return (
    <Group gap="xs" mt={all ? 'sm' : 6}>
      {canResend && (
        <Button size={size} variant="default" onClick={open} aria-label={`Send again to ${whom}`}>
          {all ? 'Send all again' : 'Send again'}
        </Button>
      )}
      <Button
        size={size}
        variant="default"
        loading={accept.pending}
        aria-label={`Leave it at that for ${whom}`}
        onClick={() =>
          accept.run({ id, which }, ({ count }) =>
            notifications.show({ message: `Left at that for ${people(count)}. They stay unconfirmed.` }),
          )
        }
      >
        {all ? 'Leave all at that' : 'Leave it'}
      </Button>
      <Modal opened={opened} onClose={close} title={`Send again to ${whom}?`}>
        <Stack>
          <Text>
            {all || !whom.includes('@')
              ? 'Whoever has already got it gets it a second time. Nobody can know who that is.'
              : 'If it has already arrived, it arrives a second time. Nobody can know whether it has.'}
          </Text>
          <ProblemAlert problem={resend.problem} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={resend.pending} data-autofocus>
              Do not send
            </Button>
            <Button
              loading={resend.pending}
              onClick={() =>
                resend.run({ id, which }, ({ count }) => {
                  close();
                  notifications.show({ message: `It is being sent again to ${people(count)}.` });
                })
              }
            >
              Send again
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}

/** For all at once, above the list of them. */
export function DecideAll({
  id,
  undecided,
  canResend,
}: {
  id: CampaignId;
  undecided: number;
  canResend: boolean;
}) {
  return (
    <Alert
      variant="default"
      mb="md"
      icon={<IconHelpCircle color="var(--mantine-color-orange-filled)" aria-hidden />}
      title={`${formatCount(undecided)} of these ${undecided === 1 ? 'waits' : 'wait'} for your decision`}
      classNames={{ title: classes.noticeTitle }}
    >
      Their messages were handed over, and then the connection ended before an answer came. Sent again, a
      message may arrive twice; left at that, it may never have arrived.
      <Decide
        id={id}
        which="waiting"
        whom={undecided === 1 ? 'the one that waits' : `all ${people(undecided)}`}
        canResend={canResend}
        size="sm"
      />
    </Alert>
  );
}
