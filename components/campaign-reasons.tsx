import { Card, Group, Text, Title } from '@mantine/core';
import type { Channel } from '@/lib/db/states';
import type { ReasonCount } from '@/lib/deliveries/reasons';
import classes from './campaign.module.css';
import { formatCount, reasonWords, stateWords } from './campaign-words';
import { Link } from './link';

/** Who did not get it, and why: each line opens these people. */
export function CampaignReasons({
  id,
  channel,
  reasons,
}: {
  id: string;
  channel: Channel;
  reasons: ReasonCount[];
}) {
  if (reasons.length === 0) return null;
  return (
    <Card component="section" aria-labelledby="reasons">
      <Title order={2} id="reasons" mb="xs">
        Why some did not get it
      </Title>
      <div className={classes.lines}>
        {reasons.map(({ state, reason, count }) => (
          <Link
            key={`${state} ${reason}`}
            href={`/campaigns/${id}/recipients?state=${state}&reason=${reason}`}
            className={classes.line}
            prefetch={false}
          >
            <Group gap={0} wrap="nowrap" miw={0}>
              <span className={classes.swatch} style={{ background: stateWords[state].color }} />
              <Text component="span" fz="sm">
                {reasonWords[channel][reason]}
                <Text component="span" inherit c="dimmed">
                  {' '}
                  · {stateWords[state].label.toLowerCase()}
                </Text>
              </Text>
            </Group>
            <Text component="span" fz="sm" fw={600} className="numbers">
              {formatCount(count)}
            </Text>
          </Link>
        ))}
      </div>
    </Card>
  );
}
