'use client';

import { Group, Stack } from '@mantine/core';
import { isFinal, type LiveStats } from '@/components/campaign-live-stats';
import { CampaignNotice } from '@/components/campaign-notice';
import { CampaignProgress } from '@/components/campaign-progress';
import { CampaignResponses } from '@/components/campaign-responses';
import { CampaignStatusBadge } from '@/components/campaign-status-badge';
import { PageHeader } from '@/components/page-header';
import { useEvents } from '@/components/use-events';
import { useRefreshOnChange } from '@/components/use-refresh-on-change';
import type { Channel } from '@/lib/db/states';
import { CampaignControls } from './campaign-controls';

type Props = {
  id: string;
  channel: Channel;
  name: string;
  timeZone: string;
  initial: LiveStats;
  /** Whether its provider tells what became of messages that it took. */
  reports: boolean;
  /** Whether opens and clicks of its messages are recorded. */
  tracks: boolean;
  /** What the person may do; no more is offered. */
  can: { act: boolean; duplicate: boolean; settings: boolean };
};

/** How a campaign stands, moving by itself while it goes out. */
export function CampaignLive({ id, channel, name, timeZone, initial, reports, tracks, can }: Props) {
  const stats = useEvents<LiveStats>(`/campaigns/${id}/events`, initial);
  // Reasons and times around the numbers are the server's. They follow when there are twice as many who did not get it.
  const without = stats.failed + stats.skipped + stats.unconfirmed + stats.retrying;
  const reacted = Math.ceil(4 * Math.log2(stats.opened + stats.clicked + 1));
  useRefreshOnChange(`${stats.status} ${isFinal(stats)} ${Math.ceil(Math.log2(without + 1))} ${reacted}`);
  return (
    <>
      <PageHeader
        back={{ href: '/campaigns', label: 'Campaigns' }}
        title={
          <Group gap="sm" component="span" wrap="wrap">
            {name}
            <CampaignStatusBadge status={stats.status} held={stats.held} size="lg" />
          </Group>
        }
        actions={<CampaignControls id={id} name={name} stats={stats} can={can} />}
      />
      <Stack gap="md">
        <CampaignNotice id={id} stats={stats} timeZone={timeZone} can={can} />
        {stats.startedAt && (
          <>
            <CampaignProgress id={id} stats={stats} timeZone={timeZone} />
            <CampaignResponses id={id} channel={channel} stats={stats} reports={reports} tracks={tracks} />
          </>
        )}
      </Stack>
    </>
  );
}
