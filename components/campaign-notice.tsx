import { Alert, Anchor, Stack } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCalendarClock,
  IconHandStop,
  IconHelpCircle,
  IconMoon,
  IconPlayerPause,
} from '@tabler/icons-react';
import { describeMoment } from '@/lib/campaigns/local-time';
import { tooManyWords } from '@/lib/db/states';
import { alertPeople } from './alert-words';
import classes from './campaign.module.css';
import { type LiveStats, stillOpen } from './campaign-live-stats';
import { formatMoment } from './campaign-time';
import { formatCount, people } from './campaign-words';
import { Link } from './link';

const notice = { title: classes.noticeTitle };

type Props = {
  id: string;
  stats: LiveStats;
  /** The workspace's. */
  timeZone: string;
  /** What the person may do about it. */
  can: { act: boolean; settings: boolean };
};

/** What somebody should know or do about this campaign now; nothing while all goes well. */
export function CampaignNotice({ id, stats, timeZone, can }: Props) {
  const now = standing({ id, stats, timeZone, can });
  if (!now && stats.undecided === 0) return null;
  return (
    <Stack gap="md">
      {now}
      {stats.undecided > 0 && <Undecided id={id} stats={stats} can={can} />}
    </Stack>
  );
}

function standing({ id, stats, timeZone, can }: Props) {
  if (stats.status === 'scheduled')
    return stats.held ? <Held id={id} stats={stats} can={can} /> : <Waits stats={stats} can={can} />;
  if (stats.problem) return <Problem id={id} stats={stats} can={can} />;
  if (stats.status === 'sending' && stats.asleep) return <Asleep {...stats.asleep} timeZone={timeZone} />;
  if (stats.status !== 'paused') return null;
  return (
    <Alert classNames={notice} variant="default" icon={<IconPlayerPause aria-hidden />} title="Paused">
      {people(stillOpen(stats))} still {stillOpen(stats) === 1 ? 'waits' : 'wait'}.
      {can.act && ' Resume, and sending goes on where it stopped.'}
    </Alert>
  );
}

const Asleep = ({ people: n, until, timeZone }: { people: number; until: string; timeZone: string }) => (
  <Alert
    classNames={notice}
    variant="default"
    icon={<IconMoon aria-hidden />}
    title={`${people(n)} ${n === 1 ? 'gets' : 'get'} it in the morning`}
  >
    It is quiet hours by their clock, or by yours where theirs is not known. Their messages go out by
    themselves as soon as that is over, the first on {formatMoment(until, timeZone)}.
  </Alert>
);

const Waits = ({ stats, can }: Pick<Props, 'stats' | 'can'>) => (
  <Alert
    classNames={notice}
    variant="default"
    icon={<IconCalendarClock aria-hidden />}
    title={
      stats.scheduledAt
        ? `Goes out on ${describeMoment(stats.scheduledAt, stats.scheduledZone ?? 'UTC')}`
        : 'Scheduled'
    }
  >
    It goes to whoever is on its lists by then.
    {can.act && ' To change the message, take it back to draft.'}
  </Alert>
);

const Held = ({ id, stats, can }: Pick<Props, 'id' | 'stats' | 'can'>) => (
  <Alert
    role="alert"
    classNames={notice}
    color="red"
    icon={<IconHandStop aria-hidden />}
    title={
      can.act
        ? 'It has not gone out, and waits for you'
        : 'It has not gone out, and waits for somebody who may send it'
    }
  >
    {stats.problem}{' '}
    {can.act && (
      <>
        <Anchor component={Link} href={`/campaigns/${id}/review`} inherit c="inherit" underline="always">
          Send it now or choose another time
        </Anchor>
        , or take it back to draft.
      </>
    )}
  </Alert>
);

const Problem = ({ id, stats, can }: Pick<Props, 'id' | 'stats' | 'can'>) => (
  <Alert
    role="alert"
    classNames={notice}
    color="red"
    icon={<IconAlertTriangle aria-hidden />}
    title={stats.status === 'paused' ? 'Paused, and waits for you' : 'Sending has a problem'}
  >
    {stats.problem} {/* What holds a sender says itself that sending goes on. */}
    {stats.status === 'paused' &&
      'Nobody was lost: whenever somebody resumes it, sending goes on where it stopped. '}
    <NextStep id={id} stats={stats} can={can} />
  </Alert>
);

function NextStep({ id, stats, can }: Pick<Props, 'id' | 'stats' | 'can'>) {
  const kind = (['bounces', 'complaints'] as const).find((one) => stats.problem?.includes(tooManyWords[one]));
  const people = kind && alertPeople(kind, id);
  if (people)
    return (
      <Anchor component={Link} href={people.href} inherit c="inherit" underline="always">
        {people.label}
      </Anchor>
    );
  if (!can.settings) return 'An admin of the workspace can check the sender.';
  return (
    <Anchor component={Link} href="/settings/senders" inherit c="inherit" underline="always">
      Settings of the senders
    </Anchor>
  );
}

const Undecided = ({ id, stats: { undecided }, can }: Pick<Props, 'id' | 'stats' | 'can'>) => (
  <Alert
    classNames={notice}
    variant="default"
    icon={<IconHelpCircle color="var(--mantine-color-orange-filled)" aria-hidden />}
    title={`${formatCount(undecided)} ${undecided === 1 ? 'message' : 'messages'} may or may not have gone out`}
  >
    The connection ended after {undecided === 1 ? 'it was' : 'they were'} handed over and before an answer
    came, so that nobody can know.{' '}
    <Anchor
      component={Link}
      href={`/campaigns/${id}/recipients?state=unconfirmed`}
      inherit
      c="inherit"
      underline="always"
    >
      {can.act ? 'Decide: send again, or leave it at that' : 'See whom it is about'}
    </Anchor>
  </Alert>
);
