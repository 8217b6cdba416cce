'use client';

import { Anchor, Card, Group, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import classes from '@/components/campaign.module.css';
import { CampaignBar } from '@/components/campaign-bar';
import { isFinal, type LiveStats } from '@/components/campaign-live-stats';
import { CampaignStatusBadge } from '@/components/campaign-status-badge';
import { duration, formatCount, people } from '@/components/campaign-words';
import { Link } from '@/components/link';
import { useEvents } from '@/components/use-events';
import { useRefreshOnChange } from '@/components/use-refresh-on-change';

type Props = {
  id: string;
  name: string;
  initial: LiveStats;
  /** What the alerts above say already. */
  told: string[];
};

export function HomeSendingCard({ id, name, initial, told }: Props) {
  const stats = useEvents<LiveStats>(`/campaigns/${id}/events`, initial);
  useRefreshOnChange(isFinal(stats));
  const recipients = `/campaigns/${id}/recipients`;
  return (
    <Card component="section" aria-label={name}>
      <Group justify="space-between" gap="xs" mb="sm">
        <Group gap="sm" miw={0}>
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            <Anchor component={Link} href={`/campaigns/${id}`} inherit c="inherit">
              {name}
            </Anchor>
          </Title>
          <CampaignStatusBadge status={stats.status} />
        </Group>
        <Text fz="sm" c="dimmed" className="numbers">
          {pace(stats)}
        </Text>
      </Group>
      <CampaignBar counts={stats} />
      <Text fz="sm" mt="sm" className="numbers">
        <Link href={`${recipients}?state=sent`} className={classes.whom} prefetch={false}>
          {formatCount(stats.sent)}
        </Link>{' '}
        <Text component="span" inherit c="dimmed">
          of{' '}
          <Link href={`${recipients}?skipped=no`} className={classes.whom} prefetch={false}>
            {people(stats.planned - stats.skipped)}
          </Link>{' '}
          sent
        </Text>
      </Text>
      {stats.problem && stats.status === 'sending' && !told.includes(stats.problem) && (
        <Group gap={8} mt="xs" wrap="nowrap" align="flex-start" role="status">
          <IconAlertTriangle
            size={17}
            color="light-dark(var(--mantine-color-red-8), var(--mantine-color-red-5))"
            style={{ flexShrink: 0, marginTop: 2 }}
            aria-hidden
          />
          <Text fz="sm">{stats.problem}</Text>
        </Group>
      )}
    </Card>
  );
}

function pace(stats: LiveStats): string {
  if (stats.status !== 'sending' || stats.ratePerMinute === 0) return '';
  const rate = `${formatCount(stats.ratePerMinute)} a minute`;
  return stats.etaSeconds === null ? rate : `${rate}, ${duration(stats.etaSeconds)} left`;
}
