import { Card, Text, Title } from '@mantine/core';
import type { Channel } from '@/lib/db/states';
import classes from './campaign.module.css';
import type { LiveStats } from './campaign-live-stats';
import { eventWords, share } from './campaign-words';
import { StatLink } from './stat-link';

const reported = ['delivered', 'bounced', 'complained'] as const;
const tracked = ['opened', 'clicked'] as const;
const ofCodes = ['codeOpened', 'codeScanned', 'redeemed'] as const;

type Props = { id: string; channel: Channel; stats: LiveStats; reports: boolean };

/** What became known after the mail server had taken the messages. `reports`: it tells what it did with them. */
export function CampaignResponses({ id, channel, stats, reports }: Props) {
  const isReported = reports || reported.some((event) => stats[event] > 0);
  const events = [
    ...(isReported ? reported : []),
    'unsubscribed' as const,
    ...tracked.filter((event) => stats[event] > 0),
    ...(stats.hasOffer ? ofCodes : []),
  ];
  return (
    <Card component="section" aria-labelledby="responses">
      <Title order={2} id="responses" mb="xs">
        After sending
      </Title>
      <div className={classes.states}>
        {events.map((event) => (
          <StatLink
            key={event}
            href={`/campaigns/${id}/recipients?event=${event}`}
            label={eventWords[event].label}
            meaning={eventWords[event].meaning}
            count={stats[event]}
            share={stats.sent > 0 ? share(stats[event], stats.sent) : undefined}
          />
        ))}
      </div>
      {!isReported && (
        <Text fz="sm" c="dimmed" mt="sm">
          {channel === 'email'
            ? 'The mail server took the messages and reports nothing back: whether one was delivered or bounced later is not known here.'
            : 'The sandbox took the messages and reports nothing back.'}
        </Text>
      )}
    </Card>
  );
}
