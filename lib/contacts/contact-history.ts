import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { type Cursor, CursorTime, cursorTime, decodeCursor, encodeCursor, type Page } from '../db/page';
import { inScope } from '../db/scoped';
import type { BounceOutcome, Channel, DeliveryReason, DeliveryState } from '../db/states';
import type { CampaignId, ContactId, ImportId } from '../ids';
import { shownLink } from '../messages/links';
import type { ContactEventType } from './contact-events';

type CampaignLink = { id: CampaignId; name: string };

/** What became of a message, in the order in which it comes about. That somebody left stands among the events. */
export type MessageStep =
  | ('sent' | 'deferred' | 'delivered' | 'bounced' | 'opened' | 'clicked')
  | ('complained' | 'codeOpened' | 'codeScanned' | 'redeemed');

/** `id` names the entry, and nothing else. */
export type HistoryEntry = { id: string; at: Date } & (
  | {
      kind: 'event';
      type: ContactEventType;
      detail: Record<string, unknown>;
      campaign: CampaignLink | null;
    }
  | { kind: 'import'; importId: ImportId; fileName: string }
  | { kind: 'click'; campaign: CampaignLink; url: string | null }
  | {
      kind: 'unsent';
      campaign: CampaignLink;
      channel: Channel;
      state: DeliveryState;
      reason: DeliveryReason | null;
    }
  | {
      kind: 'message';
      step: MessageStep;
      campaign: CampaignLink;
      channel: Channel;
      /** How it came back, and what was said. */
      bounce: { kind: BounceOutcome; said: string } | null;
    }
);

const pageSize = 30;

/**
 * What happened to a contact over all campaigns, the newest first: what they were sent and did with it, what changed about them,
 * the import that wrote them last. Each at its own time.
 */
export async function contactHistory(
  scope: Scope,
  contactId: ContactId,
  cursorText?: string | null,
): Promise<Page<HistoryEntry>> {
  const from = placeOf(decodeCursor(cursorText));
  const backwards = from?.direction === 'before';
  const order = backwards ? sql`asc` : sql`desc`;
  const rows = await inScope(scope, (tx) =>
    tx.execute<Row>(sql`
      select kind, id, rank, ${cursorTime(sql`at`)} as at, what, detail,
        campaign_id, campaign
      from (${all(scope, contactId)}) h
      where ${from ? sql`(h.at, h.rank, h.id) ${backwards ? sql`>` : sql`<`} (${from.at}::timestamptz, ${from.rank}::int, ${from.id})` : sql`true`}
      order by h.at ${order}, h.rank ${order}, h.id ${order}
      limit ${pageSize + 1}`),
  );
  const page = [...rows].slice(0, pageSize);
  if (backwards) page.reverse();
  const more = rows.length > pageSize;
  return {
    rows: page.map(entryOf),
    next: backwards || more ? cursorAt(page.at(-1), 'after') : null,
    previous: from && (!backwards || more) ? cursorAt(page[0], 'before') : null,
  };
}

type Row = { id: string; rank: number; at: string; campaign_id: CampaignId; campaign: string | null } & (
  | { kind: 'event'; what: ContactEventType; detail: Record<string, unknown> }
  | { kind: 'import'; what: string; detail: { id: ImportId } }
  | { kind: 'click'; what: string | null; detail: null }
  | { kind: 'unsent'; what: DeliveryState; detail: { channel: Channel; reason: DeliveryReason | null } }
  | {
      kind: 'message';
      what: MessageStep;
      detail: { channel: Channel; bounce: BounceOutcome | null; said: string | null };
    }
);

const Place = z.tuple([CursorTime, z.coerce.number<string>().int().min(0).max(99), z.string()]);

function placeOf(cursor: Cursor | undefined) {
  const place = Place.safeParse(cursor?.key);
  if (!place.success || !cursor) return undefined;
  const [at, rank, id] = place.data;
  return { at, rank, id, direction: cursor.direction };
}

const cursorAt = (row: Row | undefined, direction: Cursor['direction']) =>
  row ? encodeCursor({ direction, key: [row.at, String(row.rank), row.id] }) : null;

function entryOf(row: Row): HistoryEntry {
  const common = { id: row.id, at: new Date(row.at) };
  const campaign = { id: row.campaign_id, name: row.campaign ?? '' };
  switch (row.kind) {
    case 'event':
      return {
        ...{ ...common, kind: 'event', type: row.what, detail: row.detail },
        campaign: row.campaign === null ? null : campaign,
      };
    case 'import':
      return { ...common, kind: 'import', importId: row.detail.id, fileName: row.what };
    case 'click':
      return { ...common, kind: 'click', campaign, url: row.what && shownLink(row.what) };
    case 'unsent':
      return { ...common, kind: 'unsent', campaign, state: row.what, ...row.detail };
    case 'message': {
      const { channel, bounce, said } = row.detail;
      return {
        ...{ ...common, kind: 'message', step: row.what, campaign, channel },
        bounce: row.what === 'bounced' && bounce ? { kind: bounce, said: said ?? '' } : null,
      };
    }
  }
}

/** Everything that there is of one contact. `rank`: what comes first of what has the same time. */
function all({ workspaceId }: Scope, contactId: ContactId): SQL {
  return sql`
    with mine as materialized (
      select d.*, k.name as campaign
      from deliveries d join campaigns k on k.workspace_id = d.workspace_id and k.id = d.campaign_id
      where d.workspace_id = ${workspaceId} and d.contact_id = ${contactId}
    ), clicks as materialized (
      select e.id, e.at, e.delivery_id, d.campaign_id, d.campaign, k.compiled -> 'links' ->> (e.link - 1) as url
      from mine d cross join lateral (
        select * from tracking_events e
        where e.workspace_id = ${workspaceId} and e.delivery_id = d.id and e.kind = 'click' and e.class = 'human' and e.link > 0
      ) e
      join campaigns k on k.workspace_id = ${workspaceId} and k.id = d.campaign_id
      where d.clicked_at is not null
    )
    select 'message' as kind, d.id || ' ' || step.what as id, step.rank, step.at, step.what,
      jsonb_build_object('channel', d.channel, 'bounce', b.kind, 'said', b.detail) as detail, d.campaign_id, d.campaign
    from mine d
    left join bounces b on b.workspace_id = d.workspace_id and b.delivery_id = d.id
    cross join lateral (values
      -- Its provider may tell of it before it is written down that it went out.
      (1, 'sent', case when d.sent_at is not null then
        least(d.sent_at, d.deferred_at, d.delivered_at, d.bounced_at, d.opened_at, d.clicked_at, d.complained_at) end),
      (2, 'deferred', d.deferred_at), (3, 'delivered', d.delivered_at), (4, 'bounced', d.bounced_at),
      (5, 'opened', d.opened_at),
      (6, 'clicked', case when not exists (select from clicks c where c.delivery_id = d.id) then d.clicked_at end),
      (7, 'complained', d.complained_at), (7, 'codeOpened', d.code_opened_at), (8, 'codeScanned', d.code_scanned_at),
      (9, 'redeemed', d.redeemed_at)
    ) step(rank, what, at)
    where step.at is not null
    union all
    select 'unsent', d.id || ' ' || d.state, 0,
      coalesce((select max(a.created_at) from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id), d.created_at),
      d.state::text, jsonb_build_object('channel', d.channel, 'reason', d.reason), d.campaign_id, d.campaign
    from mine d where d.state <> 'sent'
    union all
    select 'click', id::text, 6, at, url, null, campaign_id, campaign from clicks
    union all
    select 'event', e.id::text, 10, e.created_at, e.type, e.detail, e.campaign_id, k.name
    from contact_events e left join campaigns k on k.workspace_id = e.workspace_id and k.id = e.campaign_id
    where e.workspace_id = ${workspaceId} and e.contact_id = ${contactId}
    union all
    select 'import', i.id::text, 0, i.created_at, i.file_name, jsonb_build_object('id', i.id), null, null
    from contacts c join imports i on i.workspace_id = c.workspace_id and i.id = c.import_id
    where c.workspace_id = ${workspaceId} and c.id = ${contactId}`;
}
