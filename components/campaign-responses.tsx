import { Card, Text, Title } from '@mantine/core';
import type { Channel } from '@/lib/db/states';
import classes from './campaign.module.css';
import { CampaignFunnelStep } from './campaign-funnel-step';
import type { LiveStats } from './campaign-live-stats';
import { eventWords, share, stateWords } from './campaign-words';

const reported = ['delivered', 'bounced', 'complained'] as const;
const tracked = ['opened', 'clicked'] as const;
const ofCodes = ['codeOpened', 'codeScanned', 'redeemed'] as const;

type Props = {
  id: string;
  channel: Channel;
  stats: LiveStats;
  /** Its provider tells what it did with messages that it took. */
  reports: boolean;
  /** Opens and clicks of its messages are recorded. */
  tracks: boolean;
};

/** From everybody who was planned to those who did what it was for, and who was lost on the way. */
export function CampaignResponses({ id, channel, stats, reports, tracks }: Props) {
  const isReported = reports || reported.some((event) => stats[event] > 0);
  const onwards = [
    ...(isReported ? (['delivered'] as const) : []),
    ...tracked.filter(
      (event) => (tracks && (channel === 'email' || event === 'clicked')) || stats[event] > 0,
    ),
    ...(stats.hasOffer ? ofCodes : []),
  ];
  const lost = [
    'unsubscribed' as const,
    ...(isReported
      ? (['bounced', 'complained', ...(stats.deferred > 0 ? (['deferred'] as const) : [])] as const)
      : []),
  ];
  const to = (query: string) => `/campaigns/${id}/recipients${query}`;
  const step = (event: (typeof onwards)[number] | (typeof lost)[number], color?: string) => (
    <CampaignFunnelStep
      key={event}
      href={to(`?event=${event}`)}
      label={eventWords[event].label}
      meaning={eventWords[event].meaning}
      count={stats[event]}
      of={stats.planned}
      share={stats.sent > 0 ? share(stats[event], stats.sent) : undefined}
      color={color}
    />
  );
  return (
    <Card component="section" aria-labelledby="responses">
      <Title order={2} id="responses" mb="xs">
        What came of it
      </Title>
      <div className={classes.funnel}>
        <CampaignFunnelStep href={to('')} label="Planned" count={stats.planned} of={stats.planned} />
        <CampaignFunnelStep
          href={to('?state=sent')}
          label={stateWords.sent.label}
          meaning={stateWords.sent.meaning}
          count={stats.sent}
          of={stats.planned}
          share={stats.planned > 0 ? share(stats.sent, stats.planned) : undefined}
        />
        {onwards.map((event) => step(event))}
        {lost.map((event) => step(event, stateWords.failed.color))}
      </div>
      <Text fz="sm" c="dimmed" mt="sm">
        Shares are of those that were sent
        {stats.planned > 0 && '; that of “Sent” is of those that were planned'}.
        {!isReported &&
          (channel === 'email'
            ? ' The mail server took the messages and reports nothing back: whether one was delivered or bounced later is not known here.'
            : ' The sandbox took the messages and reports nothing back.')}
      </Text>
    </Card>
  );
}
