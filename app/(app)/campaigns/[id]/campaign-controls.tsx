'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import {
  IconArrowBackUp,
  IconCalendarClock,
  IconCopy,
  IconPlayerPause,
  IconPlayerPlay,
  IconX,
} from '@tabler/icons-react';
import { isFinal, type LiveStats, stillOpen } from '@/components/campaign-live-stats';
import { formatCount, people } from '@/components/campaign-words';
import { Link } from '@/components/link';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { canChange } from '@/lib/campaigns/transitions';
import {
  cancelCampaignAction,
  duplicateCampaignAction,
  pauseCampaignAction,
  resumeCampaignAction,
  unscheduleCampaignAction,
} from '../actions';
import { RetryFailed } from './retry-failed';

type Props = { id: string; name: string; stats: LiveStats };
type Rights = { act: boolean; duplicate: boolean };

/** What can be done with a campaign in the state in which it is. */
export function CampaignControls({ id, name, stats, can }: Props & { can: Rights }) {
  const pause = useAction(pauseCampaignAction);
  const resume = useAction(resumeCampaignAction);
  const duplicate = useAction(duplicateCampaignAction);
  const unschedule = useAction(unscheduleCampaignAction);
  const busy = pause.pending || resume.pending;
  const problem = pause.problem ?? resume.problem ?? duplicate.problem ?? unschedule.problem;
  const may = (event: Parameters<typeof canChange>[1]) => can.act && canChange(stats.status, event);
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {may('cancel') && <CancelButton id={id} name={name} stats={stats} />}
        {may('unschedule') && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            loading={unschedule.pending}
            onClick={() => unschedule.run({ id })}
          >
            Back to draft
          </Button>
        )}
        {may('launch') && (
          <Button
            component={Link}
            href={`/campaigns/${id}/review`}
            leftSection={<IconCalendarClock size={16} aria-hidden />}
          >
            Send now or change the time
          </Button>
        )}
        {may('pause') && (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            loading={busy}
            onClick={() =>
              pause.run({ id }, () =>
                notifications.show({ message: 'Paused. Only what was already on its way still goes out.' }),
              )
            }
          >
            Pause
          </Button>
        )}
        {may('resume') && (
          <Button
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            loading={busy}
            onClick={() => resume.run({ id })}
          >
            Resume sending
          </Button>
        )}
        {isFinal(stats) && can.duplicate && (
          <Button
            variant="default"
            leftSection={<IconCopy size={16} aria-hidden />}
            loading={duplicate.pending}
            onClick={() => duplicate.run({ id })}
          >
            Duplicate as a draft
          </Button>
        )}
        {may('retry') && stats.retryable > 0 && (
          <RetryFailed id={id} failed={stats.retryable} worth={stats.worthRetrying} />
        )}
      </Group>
      <ProblemAlert problem={problem} />
    </Stack>
  );
}

function CancelButton({ id, name, stats }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const { run, pending, problem } = useAction(cancelCampaignAction);
  const left = stillOpen(stats);
  return (
    <>
      <Button variant="default" leftSection={<IconX size={16} aria-hidden />} onClick={open}>
        Cancel
      </Button>
      <Modal opened={opened} onClose={close} title={`Cancel “${name}”?`}>
        <Stack>
          {canChange(stats.status, 'unschedule') ? (
            <Text>
              Nobody will get it. This cannot be undone; to send it another time, take it back to draft
              instead.
            </Text>
          ) : (
            <Text>
              {left === 0
                ? 'Everybody has been dealt with: there is hardly anything left to cancel. '
                : `${people(left)} who still ${left === 1 ? 'waits' : 'wait'} will not get it. `}
              {stats.sent > 0 &&
                `${formatCount(stats.sent)} already ${stats.sent === 1 ? 'has' : 'have'} it. `}
              This cannot be undone; to stop for a while, pause instead.
            </Text>
          )}
          <ProblemAlert problem={problem} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} data-autofocus>
              Keep the campaign
            </Button>
            <Button color="red.9" loading={pending} onClick={() => run({ id }, close)}>
              {left === 0 ? 'Cancel the campaign' : `Cancel for ${people(left)}`}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
