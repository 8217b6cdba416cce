import { Card, Title } from '@mantine/core';
import classes from './campaign.module.css';
import type { LiveStats } from './campaign-live-stats';
import { eventWords, share } from './campaign-words';
import { StatLink } from './stat-link';

const always = ['delivered', 'bounced', 'complained', 'unsubscribed'] as const;
const tracked = ['opened', 'clicked'] as const;
const ofCodes = ['codeOpened', 'codeScanned', 'redeemed'] as const;

/** What became known after the mail server had taken the messages. */
export function CampaignResponses({ id, stats }: { id: string; stats: LiveStats }) {
  const events = [
    ...always,
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
    </Card>
  );
}
