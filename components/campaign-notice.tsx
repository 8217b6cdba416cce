import { Alert, Anchor } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle, IconPlayerPause } from '@tabler/icons-react';
import classes from './campaign.module.css';
import { type LiveStats, stillOpen } from './campaign-live-stats';
import { people } from './campaign-words';
import { Link } from './link';

const notice = { title: classes.noticeTitle };

/** What somebody should know or do about this campaign now; nothing while all goes well. */
export function CampaignNotice({ id, stats }: { id: string; stats: LiveStats }) {
  if (stats.problem)
    return (
      <Alert
        role="alert"
        classNames={notice}
        color="red"
        icon={<IconAlertTriangle aria-hidden />}
        title={stats.status === 'paused' ? 'Paused, because something is wrong' : 'Sending has a problem'}
      >
        {stats.problem}{' '}
        {stats.status === 'paused'
          ? 'Nobody was lost: once it is mended, resume, and sending goes on where it stopped. '
          : 'Sending goes on by itself as soon as it can. '}
        <Anchor component={Link} href="/settings/senders" inherit underline="always">
          Check the sender
        </Anchor>
      </Alert>
    );
  if (stats.status === 'paused')
    return (
      <Alert classNames={notice} variant="default" icon={<IconPlayerPause aria-hidden />} title="Paused">
        {people(stillOpen(stats))} still {stillOpen(stats) === 1 ? 'waits' : 'wait'}. Resume, and sending goes
        on where it stopped.
      </Alert>
    );
  if (stats.status === 'completed' && stats.unconfirmed > 0)
    return (
      <Alert
        classNames={notice}
        variant="default"
        icon={<IconInfoCircle aria-hidden />}
        title={`${people(stats.unconfirmed)} may or may not have it`}
      >
        The connection ended after the message was handed over and before an answer came, so that nobody can
        know. It was not sent again: nobody gets it twice.{' '}
        <Anchor
          component={Link}
          href={`/campaigns/${id}/recipients?state=unconfirmed`}
          inherit
          underline="always"
        >
          See who
        </Anchor>
      </Alert>
    );
  return null;
}
