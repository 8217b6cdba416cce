import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScopeOnce } from '../db/scoped';
import type { SenderId } from '../ids';
import type { SendResult } from '../providers/provider';

type Counts = {
  calls: number;
  messages: number;
  sent: number;
  /** For how much those that were sent count under limits. */
  weight: number;
  errors: number;
  milliseconds: number;
  slowestMs: number;
};

type Sums = { scope: Scope; senderId: SenderId; minute: number } & Counts;

const minuteMs = 60_000;

/** Refusals of one recipient say nothing of the sender. */
const isError = (result: SendResult): boolean =>
  result.outcome !== 'sent' &&
  result.outcome !== 'expired' &&
  result.reason !== 'address_refused' &&
  result.reason !== 'opted_out';

/** Adds up in memory what is handed to providers, so that sending writes nothing for it; `flush` writes the sums. */
export class SendGauge {
  #sums = new Map<string, Sums>();

  constructor(readonly now: () => number = Date.now) {}

  /**
   * One call of a sender's provider: how long it took, and what it answered about each message; `weights`: for how much each
   * counts under limits, if not for one.
   */
  note(
    scope: Scope,
    senderId: SenderId,
    milliseconds: number,
    results: SendResult[],
    weights: number[] = [],
  ): void {
    const tried = results.filter(({ outcome }) => outcome !== 'expired').length;
    if (tried === 0) return;
    const minute = Math.floor(this.now() / minuteMs) * minuteMs;
    const key = `${senderId} ${minute}`;
    const sums = this.#sums.get(key) ?? { scope, senderId, minute, ...nothing };
    this.#sums.set(key, {
      ...sums,
      calls: sums.calls + 1,
      messages: sums.messages + tried,
      sent: sums.sent + results.filter(({ outcome }) => outcome === 'sent').length,
      weight:
        sums.weight +
        results.reduce((sum, { outcome }, n) => sum + (outcome === 'sent' ? (weights[n] ?? 1) : 0), 0),
      errors: sums.errors + results.filter(isError).length,
      milliseconds: sums.milliseconds + Math.round(milliseconds),
      slowestMs: Math.max(sums.slowestMs, Math.round(milliseconds)),
    });
  }

  /** What could not be written stays for the next time; a sender that is gone has no sums. */
  async flush(): Promise<void> {
    const all = this.#sums;
    this.#sums = new Map();
    for (const [key, sums] of all) {
      try {
        await add(sums);
      } catch (error) {
        for (const [left, kept] of all) this.#keep(left, kept);
        throw error;
      }
      all.delete(key);
    }
  }

  #keep(key: string, sums: Sums): void {
    const newer = this.#sums.get(key);
    this.#sums.set(key, newer ? { ...sums, ...added(sums, newer) } : sums);
  }
}

const nothing: Counts = {
  calls: 0,
  messages: 0,
  sent: 0,
  weight: 0,
  errors: 0,
  milliseconds: 0,
  slowestMs: 0,
};

const added = (a: Counts, b: Counts): Counts => ({
  calls: a.calls + b.calls,
  messages: a.messages + b.messages,
  sent: a.sent + b.sent,
  weight: a.weight + b.weight,
  errors: a.errors + b.errors,
  milliseconds: a.milliseconds + b.milliseconds,
  slowestMs: Math.max(a.slowestMs, b.slowestMs),
});

async function add({ scope, senderId, minute, ...counts }: Sums): Promise<void> {
  const { calls, messages, sent, weight, errors, milliseconds, slowestMs } = counts;
  await inScopeOnce(
    scope,
    sql`
    insert into sender_minutes as m (workspace_id, sender_id, minute, calls, messages, sent, weight, errors, milliseconds, slowest_ms)
    select workspace_id, id, ${new Date(minute).toISOString()}::timestamptz,
      ${calls}::int, ${messages}::int, ${sent}::int, ${weight}::int, ${errors}::int, ${milliseconds}::int, ${slowestMs}::int
    from senders where workspace_id = ${scope.workspaceId} and id = ${senderId}
    on conflict (workspace_id, sender_id, minute) do update set calls = m.calls + excluded.calls,
      messages = m.messages + excluded.messages, sent = m.sent + excluded.sent,
      weight = coalesce(m.weight, m.sent) + excluded.weight, errors = m.errors + excluded.errors,
      milliseconds = m.milliseconds + excluded.milliseconds, slowest_ms = greatest(m.slowest_ms, excluded.slowest_ms)`,
    { durable: false },
  );
}
