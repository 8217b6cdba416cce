import { Card, Group, Text, Title } from '@mantine/core';
import type { Channel, DeliveryState } from '@/lib/db/states';
import type { ReasonCount } from '@/lib/deliveries/reasons';
import classes from './campaign.module.css';
import { formatCount, reasonWords, stateWords } from './campaign-words';
import { Link } from './link';

type Props = {
  id: string;
  channel: Channel;
  reasons: ReasonCount[];
  /** How many messages came back after they were sent. */
  bounced: number;
  /** Those whose address is not written to again for it. */
  forGood: number;
};

/** Who did not get it, and why: each line opens these people. */
export function CampaignReasons({ id, channel, reasons, bounced, forGood }: Props) {
  if (reasons.length + bounced === 0) return null;
  return (
    <Card component="section" aria-labelledby="reasons">
      <Title order={2} id="reasons" mb="xs">
        Why some did not get it
      </Title>
      <div className={classes.lines}>
        {reasons.map(({ state, reason, count }) => (
          <Line
            key={`${state} ${reason}`}
            href={`/campaigns/${id}/recipients?state=${state}&reason=${reason}`}
            why={reasonWords[channel][reason]}
            state={state}
            count={count}
          />
        ))}
        {bounced > 0 && (
          <Line
            href={`/campaigns/${id}/recipients?event=bounced`}
            why="Came back after it was accepted"
            more={`sent; ${formatCount(forGood)} for good, not written to again`}
            state="sent"
            count={bounced}
          />
        )}
      </div>
    </Card>
  );
}

function Line({
  href,
  why,
  more,
  state,
  count,
}: {
  href: string;
  why: string;
  /** In place of the name of the state. */
  more?: string;
  state: DeliveryState;
  count: number;
}) {
  return (
    <Link href={href} className={classes.line} prefetch={false}>
      <Group gap={0} wrap="nowrap" align="baseline" miw={0}>
        <span className={classes.swatch} style={{ background: stateWords[state].color }} />
        <Text component="span" fz="sm">
          {why}
          <Text component="span" inherit c="dimmed">
            {' ·\u00a0'}
            {more ?? stateWords[state].label.toLowerCase()}
          </Text>
        </Text>
      </Group>
      <Text component="span" fz="sm" fw={600} className="numbers">
        {formatCount(count)}
      </Text>
    </Link>
  );
}
