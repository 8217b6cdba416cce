'use client';

import { Group, Stack } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { isFinal, type LiveStats } from '@/components/campaign-live-stats';
import { CampaignNotice } from '@/components/campaign-notice';
import { CampaignProgress } from '@/components/campaign-progress';
import { CampaignResponses } from '@/components/campaign-responses';
import { CampaignStatusBadge } from '@/components/campaign-status-badge';
import { PageHeader } from '@/components/page-header';
import { useEvents } from '@/components/use-events';
import { CampaignControls } from './campaign-controls';

type Props = { id: string; name: string; timeZone: string; initial: LiveStats };

/** How a campaign stands, moving by itself while it goes out. */
export function CampaignLive({ id, name, timeZone, initial }: Props) {
  const stats = useEvents<LiveStats>(`/campaigns/${id}/events`, initial);
  useRefreshOnChange(isFinal(stats));
  return (
    <>
      <PageHeader
        back={{ href: '/campaigns', label: 'Campaigns' }}
        title={
          <Group gap="sm" component="span" wrap="wrap">
            {name}
            <CampaignStatusBadge status={stats.status} size="lg" />
          </Group>
        }
        actions={<CampaignControls id={id} name={name} stats={stats} />}
      />
      <Stack gap="md">
        <CampaignNotice stats={stats} />
        <CampaignProgress id={id} stats={stats} timeZone={timeZone} />
        <CampaignResponses id={id} stats={stats} />
      </Stack>
    </>
  );
}

/** What the server has rendered around the numbers (reasons, times) is read anew once when the campaign ends. */
function useRefreshOnChange(final: boolean) {
  const router = useRouter();
  const seen = useRef(final);
  useEffect(() => {
    if (seen.current === final) return;
    seen.current = final;
    router.refresh();
  }, [final, router]);
}
