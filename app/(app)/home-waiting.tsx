import { Card, Group, Text, Title } from '@mantine/core';
import classes from '@/components/campaign.module.css';
import { CampaignStatusBadge } from '@/components/campaign-status-badge';
import { Link } from '@/components/link';
import type { WaitingCampaign } from '@/lib/campaigns/waiting';

/** What goes no further until a person looks at it, and why. */
export function HomeWaiting({ rows }: { rows: WaitingCampaign[] }) {
  if (rows.length === 0) return null;
  return (
    <Card component="section" aria-labelledby="waiting">
      <Title order={2} id="waiting" mb={6}>
        Waits for a decision
      </Title>
      <div className={classes.lines}>
        {rows.map(({ id, name, status, held, problem }) => (
          <Link key={id} href={`/campaigns/${id}`} className={classes.line} prefetch={false}>
            <span style={{ minWidth: 0, flex: 1 }}>
              <Group component="span" gap="xs" justify="space-between" align="baseline" wrap="nowrap" mb={2}>
                <Text component="span" fz="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </Text>
                <CampaignStatusBadge status={status} held={held} />
              </Group>
              <Text component="span" display="block" fz="sm" c="dimmed" maw={720}>
                {problem ?? 'Some messages may or may not have gone out: send them again, or leave it.'}
              </Text>
            </span>
          </Link>
        ))}
      </div>
    </Card>
  );
}
