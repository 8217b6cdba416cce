import { and, asc, desc, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { type Cursor, decodeCursor, encodeCursor, type Page } from '../db/page';
import { campaigns } from '../db/schema/campaigns';
import { contactEvents, deliveries } from '../db/schema/deliveries';
import { imports } from '../db/schema/imports';
import { contacts } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel, DeliveryReason, DeliveryState } from '../db/states';
import type { CampaignId, ContactId, DeliveryId, ImportId } from '../ids';
import { shownLink } from '../messages/links';
import type { ContactEventType } from './contact-events';

type Moment = { id: string; at: Date };
type CampaignLink = { id: CampaignId; name: string };

export type HistoryEntry = Moment &
  (
    | {
        kind: 'event';
        type: ContactEventType;
        detail: Record<string, unknown>;
        campaign: CampaignLink | null;
      }
    | { kind: 'import'; importId: ImportId; fileName: string }
    | { kind: 'click'; campaign: CampaignLink; url: string | null }
    | {
        kind: 'delivery';
        deliveryId: DeliveryId;
        channel: Channel;
        campaign: CampaignLink;
        address: string | null;
        state: DeliveryState;
        reason: DeliveryReason | null;
        sentAt: Date | null;
        deliveredAt: Date | null;
        bouncedAt: Date | null;
        complainedAt: Date | null;
        openedAt: Date | null;
        clickedAt: Date | null;
        unsubscribedAt: Date | null;
        redeemedAt: Date | null;
      }
  );

const pageSize = 30;

/** What happened to a contact, the newest first: events, the import that wrote it last, messages. By id, which is by time. */
export function contactHistory(
  scope: Scope,
  contactId: ContactId,
  cursorText?: string | null,
): Promise<Page<HistoryEntry>> {
  const cursor = decodeCursor(cursorText);
  const key = z.uuid().safeParse(cursor?.key[0]);
  const from = key.success && cursor ? { id: key.data, direction: cursor.direction } : undefined;
  return inScope(scope, async (tx) => {
    const beyond = (id: PgColumn): Beyond => ({
      where: from && (from.direction === 'before' ? gt(id, from.id) : lt(id, from.id)),
      order: from?.direction === 'before' ? asc(id) : desc(id),
    });
    const all = [
      ...(await readEvents(tx, scope, contactId, beyond(contactEvents.id))),
      ...(await readImport(tx, scope, contactId, beyond(imports.id))),
      ...(await readDeliveries(tx, scope, contactId, beyond(deliveries.id))),
      ...(await readClicks(tx, scope, contactId, from)),
    ];
    return cut(all, from?.direction);
  });
}

function cut(all: HistoryEntry[], direction: Cursor['direction'] | undefined): Page<HistoryEntry> {
  const backwards = direction === 'before';
  all.sort((a, b) => (a.id < b.id === backwards ? -1 : 1));
  const more = all.length > pageSize;
  const rows = all.slice(0, pageSize);
  if (backwards) rows.reverse();
  const cursorAt = (entry: HistoryEntry | undefined, to: Cursor['direction']) =>
    entry ? encodeCursor({ direction: to, key: [entry.id] }) : null;
  return {
    rows,
    next: backwards || more ? cursorAt(rows.at(-1), 'after') : null,
    previous: direction && (!backwards || more) ? cursorAt(rows[0], 'before') : null,
  };
}

type Beyond = { where: SQL | undefined; order: SQL };

async function readEvents(
  tx: ScopedTx,
  scope: Scope,
  contactId: ContactId,
  { where, order }: Beyond,
): Promise<HistoryEntry[]> {
  const rows = await tx
    .select({
      id: contactEvents.id,
      at: contactEvents.createdAt,
      type: contactEvents.type,
      detail: contactEvents.detail,
      campaignId: contactEvents.campaignId,
      campaignName: campaigns.name,
    })
    .from(contactEvents)
    .leftJoin(
      campaigns,
      and(eq(campaigns.workspaceId, contactEvents.workspaceId), eq(campaigns.id, contactEvents.campaignId)),
    )
    .where(
      and(eq(contactEvents.workspaceId, scope.workspaceId), eq(contactEvents.contactId, contactId), where),
    )
    .orderBy(order)
    .limit(pageSize + 1);
  return rows.map(({ campaignId, campaignName, ...row }) => ({
    kind: 'event',
    ...row,
    campaign: campaignId && campaignName !== null ? { id: campaignId, name: campaignName } : null,
  }));
}

async function readImport(
  tx: ScopedTx,
  scope: Scope,
  contactId: ContactId,
  { where }: Beyond,
): Promise<HistoryEntry[]> {
  const rows = await tx
    .select({ id: imports.id, at: imports.createdAt, importId: imports.id, fileName: imports.fileName })
    .from(contacts)
    .innerJoin(imports, and(eq(imports.workspaceId, contacts.workspaceId), eq(imports.id, contacts.importId)))
    .where(and(eq(contacts.workspaceId, scope.workspaceId), eq(contacts.id, contactId), where));
  return rows.map((row) => ({ kind: 'import', ...row }));
}

/** Links that they followed, not a machine for them; each as often as it was. */
async function readClicks(
  tx: ScopedTx,
  { workspaceId }: Scope,
  contactId: ContactId,
  from: { id: string; direction: Cursor['direction'] } | undefined,
): Promise<HistoryEntry[]> {
  const backwards = from?.direction === 'before';
  const rows = await tx.execute<{
    id: string;
    at: string;
    campaign_id: CampaignId;
    name: string;
    url: string | null;
  }>(sql`
    select e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, k.id as campaign_id, k.name,
      k.compiled -> 'links' ->> (e.link - 1) as url
    from deliveries d
    cross join lateral (
      select * from tracking_events e
      where e.workspace_id = ${workspaceId} and e.delivery_id = d.id and e.kind = 'click' and e.class = 'human' and e.link > 0
        ${from ? (backwards ? sql`and e.id > ${from.id}::uuid` : sql`and e.id < ${from.id}::uuid`) : sql``}
      order by e.id ${backwards ? sql`asc` : sql`desc`} limit ${pageSize + 1}
    ) e
    join campaigns k on k.workspace_id = ${workspaceId} and k.id = d.campaign_id
    where d.workspace_id = ${workspaceId} and d.contact_id = ${contactId} and d.clicked_at is not null
    order by e.id ${backwards ? sql`asc` : sql`desc`} limit ${pageSize + 1}`);
  return rows.map(({ id, at, campaign_id, name, url }) => ({
    ...{ kind: 'click', id, at: new Date(at), url: url && shownLink(url) },
    campaign: { id: campaign_id, name },
  }));
}

async function readDeliveries(
  tx: ScopedTx,
  scope: Scope,
  contactId: ContactId,
  { where, order }: Beyond,
): Promise<HistoryEntry[]> {
  const rows = await tx
    .select({
      id: deliveries.id,
      at: deliveries.createdAt,
      deliveryId: deliveries.id,
      channel: deliveries.channel,
      campaign: { id: campaigns.id, name: campaigns.name },
      address: deliveries.address,
      state: deliveries.state,
      reason: deliveries.reason,
      sentAt: deliveries.sentAt,
      deliveredAt: deliveries.deliveredAt,
      bouncedAt: deliveries.bouncedAt,
      complainedAt: deliveries.complainedAt,
      openedAt: deliveries.openedAt,
      clickedAt: deliveries.clickedAt,
      unsubscribedAt: deliveries.unsubscribedAt,
      redeemedAt: deliveries.redeemedAt,
    })
    .from(deliveries)
    .innerJoin(
      campaigns,
      and(eq(campaigns.workspaceId, deliveries.workspaceId), eq(campaigns.id, deliveries.campaignId)),
    )
    .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.contactId, contactId), where))
    .orderBy(order)
    .limit(pageSize + 1);
  return rows.map((row) => ({ kind: 'delivery', ...row }));
}
