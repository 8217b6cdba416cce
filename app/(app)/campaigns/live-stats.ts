import type { LiveStats } from '@/components/campaign-live-stats';
import type { CampaignStats } from '@/lib/campaigns/stats';

/** As it travels to the browser, in the page and in its events alike: moments as text. */
export const liveStats = (stats: CampaignStats): LiveStats => ({
  ...stats,
  startedAt: stats.startedAt?.toISOString() ?? null,
  completedAt: stats.completedAt?.toISOString() ?? null,
  scheduledAt: stats.scheduledAt?.toISOString() ?? null,
  asleep: stats.asleep && { ...stats.asleep, until: stats.asleep.until.toISOString() },
});

const stillReportingMs = 60_000;

/** Over, and long enough ago that what providers report at once has come in too. */
export function isOver(stats: LiveStats, now = Date.now()): boolean {
  if (stats.status === 'draft') return true;
  if (stats.status !== 'completed' && stats.status !== 'cancelled') return false;
  if (stats.queued + stats.sending + stats.retrying > 0) return false;
  return stats.completedAt === null || now - Date.parse(stats.completedAt) > stillReportingMs;
}
