import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { mostLists } from '../campaigns/audience';
import type { DeliveryEvent } from '../campaigns/stats';
import { cursorTime, type Page, type Turn, timedKey, timedTurnOf, turnedPage, turnOf } from '../db/page';
import { deliveries } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import type { DeliveryReason, DeliveryState, TrackingKind } from '../db/states';
import type { CampaignId, ContactId, DeliveryId, ListId, WorkspaceId } from '../ids';

export type DeliveryRow = {
  id: DeliveryId;
  contactId: ContactId | null;
  firstName: string | null;
  lastName: string | null;
  address: string | null;
  state: DeliveryState;
  reason: DeliveryReason | null;
  attempts: number;
  retryAt: Date | null;
  acceptedAt: Date | null;
  providerMessageId: string | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  deferredAt: Date | null;
  bouncedAt: Date | null;
  complainedAt: Date | null;
  openedAt: Date | null;
  clickedAt: Date | null;
  unsubscribedAt: Date | null;
  codeOpenedAt: Date | null;
  codeScannedAt: Date | null;
  redeemedAt: Date | null;
};

export type DeliveryFilter = {
  state?: DeliveryState;
  reason?: DeliveryReason;
  event?: DeliveryEvent;
  /** When the event happened, or they were sent to: from then on, and before that. ISO 8601. */
  from?: string;
  until?: string;
  /** The number of a link that a person has followed, or a machine where `machine` is. */
  link?: number;
  /** What a machine did with their message: it loaded the pictures, or followed a link. */
  machine?: TrackingKind;
  /** What stands behind the @ of the address. */
  domain?: string;
  /** What does not stand behind the @ of the address. */
  notAt?: string[];
  /** Reached through lists that are not counted each by itself. */
  otherLists?: boolean;
  /** Whether those count who were skipped. */
  skipped?: 'no';
  /** One of the campaign's lists, through which they were reached when it was launched. */
  list?: ListId;
  /** The beginning of an address. */
  search?: string;
  cursor?: string | null;
  limit?: number;
};

/** Where the ledger keeps when something happened. */
export const eventColumns = {
  delivered: deliveries.deliveredAt,
  deferred: deliveries.deferredAt,
  bounced: deliveries.bouncedAt,
  complained: deliveries.complainedAt,
  opened: deliveries.openedAt,
  clicked: deliveries.clickedAt,
  unsubscribed: deliveries.unsubscribedAt,
  codeOpened: deliveries.codeOpenedAt,
  codeScanned: deliveries.codeScannedAt,
  redeemed: deliveries.redeemedAt,
} as const satisfies Record<DeliveryEvent, unknown>;

/** The people behind a campaign's numbers. */
export function listDeliveries(
  scope: Scope,
  campaignId: CampaignId,
  filter: DeliveryFilter,
): Promise<Page<DeliveryRow>> {
  const pageSize = filter.limit ?? 50;
  const turn = isByTime(filter) ? timedTurnOf(filter.cursor) : turnOf(filter.cursor);
  return inScope(scope, async (tx) => {
    const found = await tx.execute<{ id: DeliveryId; at?: string }>(
      idsOf(scope, campaignId, filter, turn, pageSize + 1),
    );
    const page = turnedPage([...found], pageSize, turn, timedKey);
    return {
      ...page,
      rows: await deliveriesOf(
        tx,
        scope,
        page.rows.map(({ id }) => id),
      ),
    };
  });
}

/** By ids, those of a late hour stand behind all others of a campaign. Of what happens to few, all are looked through soon enough. */
const isByTime = ({ state, event, from, until, link, machine }: DeliveryFilter): boolean =>
  (event === undefined ? state === 'sent' : event === 'delivered' || event === 'opened') &&
  (from ?? until) !== undefined &&
  link === undefined &&
  !machine;

/** The rows of these ids, in their order. */
export async function deliveriesOf(tx: ScopedTx, scope: Scope, ids: DeliveryId[]): Promise<DeliveryRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select({
      id: deliveries.id,
      contactId: deliveries.contactId,
      address: deliveries.address,
      state: deliveries.state,
      reason: deliveries.reason,
      attempts: deliveries.attempts,
      retryAt: deliveries.retryAt,
      acceptedAt: deliveries.acceptedAt,
      providerMessageId: deliveries.providerMessageId,
      sentAt: deliveries.sentAt,
      deliveredAt: deliveries.deliveredAt,
      deferredAt: deliveries.deferredAt,
      bouncedAt: deliveries.bouncedAt,
      complainedAt: deliveries.complainedAt,
      openedAt: deliveries.openedAt,
      clickedAt: deliveries.clickedAt,
      unsubscribedAt: deliveries.unsubscribedAt,
      codeOpenedAt: deliveries.codeOpenedAt,
      codeScannedAt: deliveries.codeScannedAt,
      redeemedAt: deliveries.redeemedAt,
    })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        sql`${deliveries.id} = any(${sql.param(ids)}::uuid[])`,
      ),
    );
  const byId = new Map((await withNames(tx, scope, rows)).map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/**
 * The ids of a page, from one of the indexes by id: of all, or of the few that a filter names. Where the planner shall see which
 * of them a filter means, its words stand in the statement.
 */
function idsOf(
  { workspaceId, lists }: Scope,
  campaignId: CampaignId,
  filter: DeliveryFilter,
  { id, at: turned, backwards }: Turn,
  limit: number,
): SQL {
  const { state, reason, event, from, until, search, domain, notAt, list, otherLists, skipped } = filter;
  const prefix = search?.trim().toLowerCase();
  const order = backwards ? sql`desc` : sql`asc`;
  const happened = event ? eventColumns[event] : state === 'sent' ? deliveries.sentAt : undefined;
  const at = happened && sql`d.${sql.identifier(happened.name)}`;
  const byTime = isByTime(filter);
  const [turnAt, turnId] = [sql`${turned}::timestamptz`, sql`${id}::uuid`];
  const behind = backwards
    ? sql`${at} <= ${turnAt} and (${at}, d.id) < (${turnAt}, ${turnId})`
    : sql`${at} >= ${turnAt} and (${at}, d.id) > (${turnAt}, ${turnId})`;
  const which = sql.join(
    [
      sql`d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId}`,
      // As a range: what tells whether a text begins like another is not let at rows before their policies are.
      prefix ? sql`d.address >= ${prefix} and d.address < ${prefix} || chr(1114111)` : undefined,
      state ? sql`d.state = ${sql.raw(`'${state}'`)}` : undefined,
      reason ? sql`d.reason = ${reason}` : undefined,
      skipped ? sql`d.state <> 'skipped'` : undefined,
      domain ? sql`d.contact_id is not null and split_part(d.address, '@', 2) = ${domain}` : undefined,
      notAt
        ? sql`d.contact_id is not null and d.address is not null
            and split_part(d.address, '@', 2) <> all(${sql.param(notAt)}::text[])`
        : undefined,
      // Null, and nobody, for a list that is none of its, or that is not theirs to see.
      list
        ? sql`d.lists >> (
            select array_position(k.audience, l.id) - 1 from campaigns k join lists l on l.workspace_id = k.workspace_id
            where k.workspace_id = ${workspaceId} and k.id = ${campaignId} and l.id = ${list}
              and array_position(k.audience, l.id) <= ${mostLists}) & 1 = 1`
        : undefined,
      // They are one number: whoever does not see all lists does not see it.
      otherLists ? (lists === 'all' ? sql`d.lists >> ${mostLists} & 1 = 1` : sql`false`) : undefined,
      event ? sql`${at} is not null` : undefined,
      // As the report counts: one who is written to once more has not bounced yet. By domain it counts whatever happened.
      event && !domain && !notAt ? sql`d.state in ('sent', 'unconfirmed')` : undefined,
      at && from ? sql`${at} >= ${from}::timestamptz` : undefined,
      at && until ? sql`${at} < ${until}::timestamptz` : undefined,
      id && (byTime ? behind : backwards ? sql`d.id < ${id}::uuid` : sql`d.id > ${id}::uuid`),
    ].filter((part) => part !== undefined),
    sql` and `,
  );
  const events = eventsOf(workspaceId, campaignId, filter);
  if (events === undefined)
    return byTime
      ? sql`select d.id, ${cursorTime(sql`${at}`)} as at from deliveries d where ${which}
          order by ${at} ${order}, d.id ${order} limit ${limit}`
      : sql`select d.id from deliveries d where ${which} order by d.id ${order} limit ${limit}`;
  const onwards =
    id && (backwards ? sql`and e.delivery_id < ${id}::uuid` : sql`and e.delivery_id > ${id}::uuid`);
  // In the order of the ids in an index of what was recorded, link by link.
  return sql`
    select distinct f.id from (${events.links}) l(link) cross join lateral (
      select distinct e.delivery_id as id from tracking_events e
      cross join lateral (select from deliveries d where d.id = e.delivery_id and ${which} limit 1) d
      where e.workspace_id = ${workspaceId} and e.campaign_id = ${campaignId} and e.link = l.link and ${events.which}
        and e.counted ${onwards ?? sql``}
      order by 1 ${order} limit ${limit}
    ) f order by 1 ${order} limit ${limit}`;
}

/** Which of what was recorded is meant, as far as the report counts it: under which links, and what else it must be. */
function eventsOf(
  workspaceId: WorkspaceId,
  campaignId: CampaignId,
  { link, machine }: DeliveryFilter,
): { links: SQL; which: SQL } | undefined {
  if (machine === undefined && link === undefined) return undefined;
  const kind = machine === 'open' ? sql`e.kind = 'open'` : sql`e.kind = 'click'`;
  const whose = machine ? sql`e.class <> 'human'` : sql`e.class = 'human'`;
  const one = machine === 'open' ? 0 : link;
  const links =
    one === undefined
      ? sql`select generate_series(0, coalesce(jsonb_array_length(compiled -> 'links'), 0))::smallint from campaigns
          where workspace_id = ${workspaceId} and id = ${campaignId}`
      : sql`select ${one}::smallint`;
  return { links, which: sql`${kind} and ${whose}` };
}

/** Read apart from the ledger: a join may be planned as a walk through all contacts for each row. */
async function withNames(
  tx: ScopedTx,
  scope: Scope,
  rows: Omit<DeliveryRow, 'firstName' | 'lastName'>[],
): Promise<DeliveryRow[]> {
  const ids = rows.flatMap((row) => row.contactId ?? []);
  const people =
    ids.length === 0
      ? []
      : await tx
          .select({ id: contacts.id, firstName: contacts.firstName, lastName: contacts.lastName })
          .from(contacts)
          .where(and(eq(contacts.workspaceId, scope.workspaceId), inArray(contacts.id, ids)));
  const byId = new Map(people.map((person) => [person.id, person]));
  return rows.map((row) => {
    const person = row.contactId ? byId.get(row.contactId) : undefined;
    // Nothing of an erased person is shown, even where the ledger kept an address.
    const address = row.contactId ? row.address : null;
    return { ...row, address, firstName: person?.firstName ?? null, lastName: person?.lastName ?? null };
  });
}
