import type { CampaignStats } from '@/lib/campaigns/stats';

/** How a campaign stands, as the browser gets it. */
export type LiveStats = Omit<CampaignStats, 'startedAt' | 'completedAt' | 'scheduledAt' | 'asleep'> & {
  startedAt: string | null;
  completedAt: string | null;
  scheduledAt: string | null;
  asleep: { people: number; until: string } | null;
};

export const stillOpen = (stats: LiveStats): number => stats.queued + stats.sending + stats.retrying;

/** Nothing more will be sent. */
export const isFinal = (stats: LiveStats): boolean =>
  (stats.status === 'completed' || stats.status === 'cancelled') && stillOpen(stats) === 0;
