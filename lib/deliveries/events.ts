import { and, desc, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { bounces, contactEvents, deliveries, suppressions } from '../db/schema/deliveries';
import { inScope, type ScopedTx } from '../db/scoped';
import { type BounceOutcome, bounceOutcomes, type SuppressionReason } from '../db/states';
import { DeliveryId, uuidv7 } from '../ids';
import type { ProviderEvent, ProviderEventType } from '../providers/provider';
import { noteSoftBounces } from './soft-bounces';

/**
 * Whatever a provider tells of a message proves that it went out: also of one that nobody knew about, and that waits to be
 * sent again, or failed when it was.
 */
const wasOpen = sql`(${deliveries.state} = 'unconfirmed' or ${deliveries.state} in ('queued', 'retrying', 'failed') and exists (
  select from delivery_attempts a where a.workspace_id = ${deliveries.workspaceId}
    and a.delivery_id = ${deliveries.id} and a.reason = 'in_doubt'))`;
export const proof = {
  state: sql`case when ${wasOpen} then 'sent' else ${deliveries.state} end`,
  reason: sql`case when ${wasOpen} then null else ${deliveries.reason} end`,
  sentAt: sql`case when ${wasOpen} then coalesce(${deliveries.sentAt}, now()) else ${deliveries.sentAt} end`,
  retryAt: sql`case when ${wasOpen} then null else ${deliveries.retryAt} end`,
  replayId: sql`case when ${wasOpen} then null else ${deliveries.replayId} end`,
};

/**
 * Keeps rows from being changed by others, before `proof` is written to them. An update that waited for somebody else looks at
 * such rows again, as they are by then. From the second of them on, PostgreSQL (18.4) has lost what the sub-selects inside of a
 * correlated sub-select came to, unless a row before had asked for them: it crashes on a uuid and takes a boolean for false. The
 * policies of the attempts are such. Nor would it see attempts that were written meanwhile. In one order, so that two of them
 * cannot wait for each other.
 */
export async function holdDeliveries(tx: ScopedTx, { workspaceId }: Scope, ids: DeliveryId[]): Promise<void> {
  await tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(eq(deliveries.workspaceId, workspaceId), sql`${deliveries.id} = any(${sql.param(ids)}::uuid[])`),
    )
    .orderBy(deliveries.id)
    .for('no key update');
}

const firstOf = (column: AnyPgColumn) => sql`coalesce(${column}, now())`;

/** The columns that an event sets. A person who clicked has opened. */
const stamps: Record<
  ProviderEventType,
  Partial<Record<'deliveredAt' | 'deferredAt' | 'bouncedAt' | 'complainedAt' | 'openedAt' | 'clickedAt', SQL>>
> = {
  accepted: {},
  deferred: { deferredAt: firstOf(deliveries.deferredAt) },
  delivered: { deliveredAt: firstOf(deliveries.deliveredAt) },
  bounced: { bouncedAt: firstOf(deliveries.bouncedAt) },
  soft_bounced: { bouncedAt: firstOf(deliveries.bouncedAt) },
  undelivered: { bouncedAt: firstOf(deliveries.bouncedAt) },
  opted_out: { bouncedAt: firstOf(deliveries.bouncedAt) },
  complained: { complainedAt: firstOf(deliveries.complainedAt) },
  opened: { openedAt: firstOf(deliveries.openedAt) },
  scanned: {},
  clicked: { clickedAt: firstOf(deliveries.clickedAt), openedAt: firstOf(deliveries.openedAt) },
};

/**
 * Writes what a provider reports about deliveries: each timestamp once, the first wins; in any order, any number of
 * times. A bounce or a complaint suppresses the address. Events about deliveries that do not exist are dropped.
 */
export async function recordProviderEvents(scope: Scope, events: ProviderEvent[]): Promise<void> {
  if (events.length === 0) return;
  await inScope(scope, async (tx) => {
    // All at once: by type, two reports of several types would wait for each other.
    await holdDeliveries(tx, scope, [...new Set(events.map(({ deliveryId }) => deliveryId))]);
    const byType = Map.groupBy(await noteSoftBounces(tx, scope, events), (event) => event.type);
    for (const [type, group] of byType) {
      const ids = [...new Set(group.map((event) => event.deliveryId))].sort();
      const details = new Map<DeliveryId, string>();
      for (const { deliveryId, detail = '' } of group)
        if (detail > (details.get(deliveryId) ?? '')) details.set(deliveryId, detail);
      const choices = new Map(group.map(({ deliveryId, choice }) => [deliveryId, choice]));
      await stamp(tx, scope, type, ids, { details, choices });
    }
  });
}

type Details = ReadonlyMap<DeliveryId, string>;
type Choices = ReadonlyMap<DeliveryId, number | undefined>;

async function stamp(
  tx: ScopedTx,
  scope: Scope,
  type: ProviderEventType,
  all: DeliveryId[],
  { details, choices }: { details: Details; choices: Choices },
): Promise<void> {
  const isSeen = type === 'opened' || type === 'clicked' || type === 'scanned';
  const ids = isSeen ? await keepRaw(tx, scope, type, all, choices) : all;
  const rows = await tx
    .update(deliveries)
    .set({ ...stamps[type], ...proof })
    .where(and(eq(deliveries.workspaceId, scope.workspaceId), inArray(deliveries.id, ids)))
    .returning({
      id: deliveries.id,
      contactId: deliveries.contactId,
      campaignId: deliveries.campaignId,
      channel: deliveries.channel,
      address: deliveries.address,
    });
  const outcome = bounceOutcomes.find((one) => one === type);
  if (outcome && rows.length > 0) await keepBounces(tx, scope, outcome, rows, details);
  if (type === 'bounced' || type === 'complained' || type === 'opted_out')
    for (const row of rows) await suppress(tx, scope, { ...row, reason: type });
  if (type === 'soft_bounced')
    for (const row of rows)
      if (await bouncesAlways(tx, scope, row)) await suppress(tx, scope, { ...row, reason: 'bounced' });
}

type Returned = Pick<typeof deliveries.$inferSelect, 'id' | 'contactId'>;

const rankOf = (kind: SQL | AnyPgColumn) =>
  sql`array_position(${sql.param([...bounceOutcomes])}::text[], ${kind})`;

/** Keeps what was said of each; of several reports about one message the worst, and of those one, in whatever order they come. */
async function keepBounces(
  tx: ScopedTx,
  { workspaceId }: Scope,
  kind: BounceOutcome,
  rows: Returned[],
  details: Details,
): Promise<void> {
  const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  await tx
    .insert(bounces)
    .values(
      // Servers quote addresses: of somebody who was erased nothing is kept.
      sorted.map(({ id, contactId }) => ({
        ...{ workspaceId, deliveryId: id, kind },
        detail: (contactId && details.get(id)) ?? '',
      })),
    )
    .onConflictDoUpdate({
      target: [bounces.workspaceId, bounces.deliveryId],
      set: { kind: sql`excluded.kind`, detail: sql`excluded.detail` },
      setWhere: sql`(${rankOf(sql`excluded.kind`)}, excluded.detail collate "C")
        > (${rankOf(bounces.kind)}, ${bounces.detail} collate "C")`,
    });
}

/** What is kept of each, of a message with so many links; and when it was kept before. */
const seen = {
  opened: {
    rows: sql`select 'open' as kind, 0 as link, 'human' as class`,
    before: sql`d.opened_at is not null`,
  },
  clicked: {
    rows: sql`select 'click' as kind, case when links.n > 0 then coalesce(1 + w.choice % links.n, 0) else 0 end as link, 'human' as class`,
    before: sql`d.clicked_at is not null`,
  },
  scanned: {
    rows: sql`select 'click' as kind, generate_series(1, links.n) as link, 'scanner' as class`,
    before: sql`exists (select from tracking_events e
      where e.workspace_id = d.workspace_id and e.delivery_id = d.id and e.class = 'scanner')`,
  },
};

/**
 * What a provider has seen of opens and clicks by itself is kept like what we see, the first time, so that the counts hold it.
 * Answers those of whom it may be known.
 */
async function keepRaw(
  tx: ScopedTx,
  { workspaceId }: Scope,
  type: keyof typeof seen,
  ids: DeliveryId[],
  choices: Choices,
): Promise<DeliveryId[]> {
  const chosen = ids.map((id) => choices.get(id) ?? null);
  const rows = await tx.execute<{ id: string }>(sql`
    with wanted as (
      select d.id, d.campaign_id, asked.choice, not ${seen[type].before} as is_new
      from unnest(${sql.param(ids)}::uuid[], ${sql.param(chosen)}::int[]) asked(id, choice)
      cross join lateral (
        select * from deliveries where workspace_id = ${workspaceId} and id = asked.id limit 1 for no key update
      ) d
      cross join lateral (
        select tracking from contacts where workspace_id = ${workspaceId} and id = d.contact_id limit 1
      ) c
      join workspaces w on w.id = ${workspaceId}
      where w.tracking and c.tracking
    ), kept as (
      insert into tracking_events (workspace_id, id, delivery_id, campaign_id, kind, link, class, at)
      select ${workspaceId}, uuid_v7(), w.id, w.campaign_id, s.kind, s.link, s.class, now()
      from wanted w
      cross join lateral (
        select coalesce(jsonb_array_length(compiled -> 'links'), 0) as n from campaigns
        where workspace_id = ${workspaceId} and id = w.campaign_id limit 1
      ) links
      cross join lateral (${seen[type].rows}) s
      where w.is_new
    )
    select id from wanted`);
  return rows.map(({ id }) => DeliveryId.parse(id));
}

/** So many messages in a row that came back are as good as one that came back for good. */
const softBounces = 3;

async function bouncesAlways(
  tx: ScopedTx,
  { workspaceId }: Scope,
  { contactId, channel, address }: Recipient,
): Promise<boolean> {
  if (!contactId || !address) return false;
  const last = await tx
    .select({ bouncedAt: deliveries.bouncedAt, kind: bounces.kind })
    .from(deliveries)
    .leftJoin(
      bounces,
      and(eq(bounces.workspaceId, deliveries.workspaceId), eq(bounces.deliveryId, deliveries.id)),
    )
    .where(
      and(
        eq(deliveries.workspaceId, workspaceId),
        eq(deliveries.contactId, contactId),
        eq(deliveries.channel, channel),
        eq(deliveries.address, address),
        // One that has come back went out, also before that is written down.
        or(eq(deliveries.state, 'sent'), isNotNull(deliveries.bouncedAt)),
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(softBounces);
  return (
    last.length === softBounces &&
    last.every(({ bouncedAt, kind }) => bouncedAt !== null && kind !== 'undelivered')
  );
}

type Recipient = Pick<typeof deliveries.$inferSelect, 'contactId' | 'campaignId' | 'channel' | 'address'>;
type Suppression = Recipient & { reason: Exclude<SuppressionReason, 'manual'> };

/** Never writes to an address again. Says so once on the contact's page. */
export async function suppress(tx: ScopedTx, scope: Scope, target: Suppression): Promise<void> {
  const { workspaceId } = scope;
  const { address, channel, reason, contactId, campaignId } = target;
  if (!address) return;
  const [added] = await tx
    .insert(suppressions)
    .values({ workspaceId, id: uuidv7(), channel, address, reason, campaignId })
    // What they have said themselves stands above what their mailbox or phone did before.
    .onConflictDoUpdate({
      target: [suppressions.workspaceId, suppressions.channel, suppressions.address],
      set: { reason, campaignId },
      setWhere: reason === 'opted_out' ? inArray(suppressions.reason, ['bounced', 'complained']) : sql`false`,
    })
    .returning({ id: suppressions.id });
  if (!added) return;
  await audit(tx, scope, 'address.suppressed', added.id, { contactId, reason, campaignId });
  if (!contactId) return;
  await tx.insert(contactEvents).values({
    workspaceId,
    id: uuidv7(),
    contactId,
    type: 'suppressed',
    campaignId,
    detail: { reason, address },
  });
}
