import { asc, eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { breakers, senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel, ProviderName } from '../db/states';
import type { SenderId } from '../ids';

/** Rates are over so many minutes, the one that is not over included. */
const flowMinutes = 5;
/** Limits of a day are the longest, and what is looked at with them. */
const keptDays = 3;

/** What went through a sender lately, and what stands in its way. */
export type SenderFlow = {
  id: SenderId;
  name: string;
  channel: Channel;
  provider: ProviderName;
  /** Over the last five minutes; those that the provider took, and those that failed. */
  messages: number;
  sent: number;
  errors: number;
  /** How long the provider took to answer, on average and at most; null: it was not called. */
  averageMs: number | null;
  slowestMs: number | null;
  /** Whether a message of a campaign ever went out through it: else nobody knows whether it works. */
  hasSent: boolean;
  /** What counted under its limits: messages, or segments of text messages. */
  lastMinute: number;
  lastHour: number;
  lastDay: number;
  perSecond: number | null;
  perMinute: number | null;
  perHour: number | null;
  perDay: number | null;
  /** Since when nothing gets through, and why; null: it works. */
  brokenSince: Date | null;
  problem: string | null;
};

const within = (minutes: number, now: Date) =>
  sql`m.minute > ${now.toISOString()}::timestamptz - make_interval(mins => ${minutes}) and m.minute <= ${now.toISOString()}::timestamptz`;

/** All senders of a workspace, as they do at the moment. */
export function senderFlows(tx: ScopedTx, { workspaceId }: Scope, now: Date): Promise<SenderFlow[]> {
  const sum = (column: 'messages' | 'sent' | 'errors' | 'coalesce(m.weight, m.sent)', minutes: number) =>
    sql<number>`coalesce((select sum(${sql.raw(column)}) from sender_minutes m
      where m.workspace_id = ${senders.workspaceId} and m.sender_id = ${senders.id} and ${within(minutes, now)}), 0)::int`;
  const answer = (how: 'sum(m.milliseconds) / nullif(sum(m.calls), 0)' | 'max(m.slowest_ms)') =>
    sql<number | null>`(select (${sql.raw(how)})::int from sender_minutes m
      where m.workspace_id = ${senders.workspaceId} and m.sender_id = ${senders.id} and ${within(flowMinutes, now)})`;
  return tx
    .select({
      id: senders.id,
      name: senders.name,
      channel: senders.channel,
      provider: senders.provider,
      messages: sum('messages', flowMinutes),
      sent: sum('sent', flowMinutes),
      errors: sum('errors', flowMinutes),
      averageMs: answer('sum(m.milliseconds) / nullif(sum(m.calls), 0)'),
      slowestMs: answer('max(m.slowest_ms)'),
      // Of the minute that began and the whole one before it, the fuller: the limit holds in each, and a first minute shows at once.
      lastMinute: sql<number>`coalesce((select max(coalesce(m.weight, m.sent)) from sender_minutes m
        where m.workspace_id = ${senders.workspaceId} and m.sender_id = ${senders.id} and ${within(2, now)}), 0)::int`,
      lastHour: sum('coalesce(m.weight, m.sent)', 60),
      lastDay: sum('coalesce(m.weight, m.sent)', 24 * 60),
      hasSent: sql<boolean>`exists (select from sender_minutes m
        where m.workspace_id = ${senders.workspaceId} and m.sender_id = ${senders.id} and m.sent > 0)`,
      perSecond: senders.perSecond,
      perMinute: senders.perMinute,
      perHour: senders.perHour,
      perDay: senders.perDay,
      brokenSince: breakers.since,
      problem: breakers.problem,
    })
    .from(senders)
    .leftJoin(
      breakers,
      sql`${breakers.workspaceId} = ${senders.workspaceId} and ${breakers.senderId} = ${senders.id}`,
    )
    .where(eq(senders.workspaceId, workspaceId))
    .orderBy(asc(senders.id))
    .limit(200);
}

/** Messages a minute, of those of a flow. */
export const perMinute = (messages: number, now: Date): number =>
  Math.round((messages * 60_000) / ((flowMinutes - 1) * 60_000 + Math.max(1, now.getTime() % 60_000)));

export type LimitUse = { window: 'minute' | 'hour' | 'day'; used: number; limit: number };

/** How much of its limits a sender has used: of the last minute, hour and day. */
export function limitUse(flow: SenderFlow): LimitUse[] {
  const aMinute = Math.min(flow.perMinute ?? Infinity, (flow.perSecond ?? Infinity) * 60);
  const all = [
    { window: 'minute', used: flow.lastMinute, limit: aMinute },
    { window: 'hour', used: flow.lastHour, limit: flow.perHour ?? Infinity },
    { window: 'day', used: flow.lastDay, limit: flow.perDay ?? Infinity },
  ] as const;
  return all.filter(({ limit }) => Number.isFinite(limit));
}

/** Adds what is older than some days to the row of the epoch. */
export async function foldOldMinutes(scope: Scope, now: Date): Promise<void> {
  const { workspaceId } = scope;
  await inScope(scope, (tx) =>
    tx.execute(sql`
      with old as (
        delete from sender_minutes
        where workspace_id = ${workspaceId} and minute > 'epoch'
          and minute < ${now.toISOString()}::timestamptz - make_interval(days => ${keptDays})
        returning *
      )
      insert into sender_minutes as m (workspace_id, sender_id, minute, calls, messages, sent, errors, milliseconds, slowest_ms)
      select workspace_id, sender_id, 'epoch', sum(calls), sum(messages), sum(sent), sum(errors), sum(milliseconds), max(slowest_ms)
      from old group by workspace_id, sender_id
      on conflict (workspace_id, sender_id, minute) do update set calls = m.calls + excluded.calls,
        messages = m.messages + excluded.messages, sent = m.sent + excluded.sent, errors = m.errors + excluded.errors,
        milliseconds = m.milliseconds + excluded.milliseconds, slowest_ms = greatest(m.slowest_ms, excluded.slowest_ms)`),
  );
}
