import type { Scope } from '../auth/scope';
import { type Campaign, findCampaign } from '../campaigns/campaigns';
import { type CampaignStats, campaignStats, type DeliveryEvent } from '../campaigns/stats';
import { notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { campaignReport } from './campaign-report';

/** What campaigns are held against each other by. */
export type ComparedEvent = Extract<
  DeliveryEvent,
  'delivered' | 'opened' | 'clicked' | 'unsubscribed' | 'bounced' | 'complained'
>;

export type ComparedCampaign = Pick<Campaign, 'id' | 'name' | 'channel' | 'status' | 'held' | 'startedAt'> &
  Pick<CampaignStats, 'planned' | 'skipped' | 'sent'> & {
    /** Null: of this campaign nobody can know. */
    events: Record<ComparedEvent, number | null>;
  };

const fewest = 2;
const most = 5;

/** Campaigns side by side, in the order of the ids. One that is not there for whoever asks: none of them is. */
export async function compareCampaigns(scope: Scope, ids: CampaignId[]): Promise<Result<ComparedCampaign[]>> {
  if (ids.length < fewest || ids.length > most) return notFound('comparison');
  const compared: ComparedCampaign[] = [];
  for (const id of ids) {
    const [campaign, stats, report] = await Promise.all([
      findCampaign(scope, id),
      campaignStats(scope, id),
      campaignReport(scope, id),
    ]);
    if (!campaign.ok) return campaign;
    if (!stats.ok) return stats;
    if (!report.ok) return report;
    compared.push(placeOf(campaign.value, stats.value, report.value.tracked));
  }
  return ok(compared);
}

function placeOf(campaign: Campaign, stats: CampaignStats, isTracked: boolean): ComparedCampaign {
  const { id, name, channel, status, held, startedAt, sender } = campaign;
  const isReported = stats.delivered > 0 || (sender !== null && tellsAll.includes(sender.provider));
  const known = (isKnown: boolean, count: number) => (isKnown || count > 0 ? count : null);
  return {
    ...{ id, name, channel, status, held, startedAt, planned: stats.planned },
    ...{ skipped: stats.skipped, sent: stats.sent },
    events: {
      delivered: known(isReported, stats.delivered),
      opened: known(isTracked && channel === 'email', stats.opened),
      clicked: known(isTracked, stats.clicked),
      unsubscribed: stats.unsubscribed,
      bounced: known(isReported, stats.bounced),
      complained: known(isReported, stats.complained),
    },
  };
}

/** Their providers tell of every message what became of it. */
const tellsAll = ['sandbox', 'twilio'];
