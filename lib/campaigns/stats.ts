import { and, count, eq, gt, min, sql } from 'drizzle-orm';
import { deliveryShapes, hasFlag, type Shape, sumOf } from '../analytics/delivery-counts';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { breakers, senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import { type CampaignStatus, type DeliveryReason, type DeliveryState, deliveryStates } from '../db/states';
import { notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';

/** Times of a delivery that people look for. The last three are about its recipient's personal code. */
export type DeliveryEvent =
  | ('delivered' | 'deferred' | 'bounced' | 'complained' | 'opened' | 'clicked' | 'unsubscribed')
  | ('codeOpened' | 'codeScanned' | 'redeemed');

export type CampaignStats = Record<DeliveryState, number> &
  Record<DeliveryEvent, number> & {
    status: CampaignStatus;
    /** Whether it has an offer, for which codes are opened, scanned and redeemed. */
    hasOffer: boolean;
    /** Always the sum of the eight states. */
    planned: number;
    /** False while the audience is still being copied: then `planned` still grows. */
    launched: boolean;
    ratePerMinute: number;
    etaSeconds: number | null;
    startedAt: Date | null;
    completedAt: Date | null;
    /** Why sending stands still, in a sentence for a person. */
    problem: string | null;
    /** Unconfirmed ones about which nobody has decided yet; erased people are nobody's to decide about. */
    undecided: number;
    /** Waiting for the end of quiet hours where they live, and when the first of them is over. */
    asleep: { people: number; until: Date } | null;
    /** Failed ones that can be tried again: all but erased people. */
    retryable: number;
    /** Those of them who were not refused for good. */
    worthRetrying: number;
    scheduledAt: Date | null;
    scheduledZone: string | null;
    /** Scheduled, and waiting for a person; `problem` says why. */
    held: boolean;
  };

const rateSeconds = 15;
const mostRateSeconds = 15 * 60;

/** How a campaign stands, exactly as its ledger does at this moment, without reading it. */
export function campaignStats(scope: Scope, id: CampaignId): Promise<Result<CampaignStats>> {
  return inScope(scope, async (tx) => {
    const [campaign] = await tx
      .select({
        channel: campaigns.channel,
        status: campaigns.status,
        planned: campaigns.planned,
        // What stops the sender stops every campaign that uses it, for as long as it does.
        problem: sql<string | null>`case when ${campaigns.status} = 'sending' then ${breakers.problem}
          else ${campaigns.problem} end`,
        hasOffer: sql<boolean>`${campaigns.offerText} <> ''`,
        startedAt: campaigns.startedAt,
        completedAt: campaigns.completedAt,
        scheduledAt: campaigns.scheduledAt,
        scheduledZone: campaigns.scheduledZone,
        held: campaigns.held,
        minuteLimit: minuteLimit(campaigns, senders),
      })
      .from(campaigns)
      .leftJoin(
        senders,
        and(eq(senders.workspaceId, campaigns.workspaceId), eq(senders.id, campaigns.senderId)),
      )
      .leftJoin(
        breakers,
        and(eq(breakers.workspaceId, campaigns.workspaceId), eq(breakers.senderId, campaigns.senderId)),
      )
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
    if (!campaign) return notFound('campaign');
    const shapes = await deliveryShapes(tx, scope, [id]);
    const states = statesOf(shapes);
    const ratePerMinute =
      campaign.status === 'sending' ? await recentRate(tx, scope, { id, limit: campaign.minuteLimit }) : 0;
    const open = states.queued + states.sending + states.retrying;
    const moving = campaign.status === 'sending' && open > 0 && ratePerMinute > 0;
    return ok({
      ...states,
      ...eventsOf(shapes),
      status: campaign.status,
      hasOffer: campaign.hasOffer,
      planned: deliveryStates.reduce((sum, state) => sum + states[state], 0),
      launched: campaign.planned !== null,
      ratePerMinute: Math.round(ratePerMinute),
      etaSeconds: moving ? Math.ceil((open / ratePerMinute) * 60) : null,
      startedAt: campaign.startedAt,
      completedAt: campaign.completedAt,
      problem: campaign.problem,
      asleep: campaign.channel === 'sms' && states.queued > 0 ? await countAsleep(tx, scope, id) : null,
      undecided: sumOf(
        shapes,
        (shape) => shape.state === 'unconfirmed' && !hasFlag(shape, 'accepted') && !hasFlag(shape, 'erased'),
      ),
      retryable: sumOf(shapes, canRetry),
      worthRetrying: sumOf(
        shapes,
        (shape) => canRetry(shape) && shape.reason !== null && !forGood.includes(shape.reason),
      ),
      scheduledAt: campaign.scheduledAt,
      scheduledZone: campaign.scheduledZone,
      held: campaign.held,
    });
  });
}

/** How many of these are in each state. */
export function statesOf(shapes: readonly Shape[]): Record<DeliveryState, number> {
  const counts: Record<DeliveryState, number> = {
    ...{ queued: 0, sending: 0, retrying: 0, sent: 0 },
    ...{ failed: 0, skipped: 0, unconfirmed: 0, cancelled: 0 },
  };
  for (const { state, n } of shapes) counts[state] += n;
  return counts;
}

/** What was heard of those that went out, or may have. */
function eventsOf(shapes: readonly Shape[]): Record<DeliveryEvent, number> {
  const out = shapes.filter(({ state }) => state === 'sent' || state === 'unconfirmed');
  const of = (event: DeliveryEvent) => sumOf(out, (shape) => hasFlag(shape, event));
  return {
    ...{
      delivered: of('delivered'),
      deferred: of('deferred'),
      bounced: of('bounced'),
      complained: of('complained'),
    },
    ...{ opened: of('opened'), clicked: of('clicked'), unsubscribed: of('unsubscribed') },
    ...{ codeOpened: of('codeOpened'), codeScanned: of('codeScanned'), redeemed: of('redeemed') },
  };
}

const canRetry = (shape: Shape) => shape.state === 'failed' && !hasFlag(shape, 'erased');

async function countAsleep(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<CampaignStats['asleep']> {
  const [row] = await tx
    .select({ people: count(), until: min(deliveries.retryAt) })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        eq(deliveries.campaignId, id),
        eq(deliveries.state, 'queued'),
        gt(deliveries.retryAt, sql`now()`),
      ),
    );
  return row?.until ? { people: row.people, until: row.until } : null;
}

/** Reasons that lie in the person's address or in the message itself: another try ends the same. */
const forGood: DeliveryReason[] = ['address_refused', 'content_refused', 'render'];

/**
 * What the throttle lets through a minute at most; null: as much as there is. The rate is counted by when the provider answered,
 * some time after the throttle let a message through: answers may come closer together than messages went out, and a few seconds
 * of them then look like more than the limit, which nobody ever got. Limits of an hour and a day space messages out as well.
 */
const minuteLimit = (...all: (typeof campaigns | typeof senders)[]) =>
  sql<number | null>`least(${sql.join(
    all.flatMap(({ perSecond, perMinute, perHour, perDay }) => [
      ...[sql`${perSecond} * 60.0`, sql`${perMinute}`, sql`${perHour} / 60.0`, sql`${perDay} / 1440.0`],
    ]),
    sql`, `,
  )})::float8`;

type Going = { id: CampaignId; limit: number | null };

/** Messages a minute over the last seconds, or since the first of them when that is less; never more than its limits allow. */
async function recentRate(tx: ScopedTx, scope: Scope, { id, limit }: Going): Promise<number> {
  // Of messages that limits keep far apart, a few seconds have none.
  const window = Math.max(rateSeconds, Math.min(mostRateSeconds, limit ? (4 * 60) / limit : 0));
  const [row] = await tx
    .select({
      n: count(),
      seconds: sql<number>`extract(epoch from now() - min(${deliveries.sentAt}))::float8`,
    })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        eq(deliveries.campaignId, id),
        gt(deliveries.sentAt, sql`now() - make_interval(secs => ${window})`),
      ),
    );
  if (!row || row.n === 0) return 0;
  return Math.min(limit ?? Infinity, (row.n * 60) / Math.max(1, Math.min(window, row.seconds)));
}

/** Messages a minute of all campaigns that are going out, each as its own page says it. */
export async function sendingRate(tx: ScopedTx, scope: Scope): Promise<number> {
  const going = await tx
    .select({ id: campaigns.id, limit: minuteLimit(campaigns, senders) })
    .from(campaigns)
    .leftJoin(
      senders,
      and(eq(senders.workspaceId, campaigns.workspaceId), eq(senders.id, campaigns.senderId)),
    )
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.status, 'sending')));
  let sum = 0;
  for (const one of going) sum += await recentRate(tx, scope, one);
  return Math.round(sum);
}
