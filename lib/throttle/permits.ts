import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { SenderId } from '../ids';

const windowSeconds = 60;

/**
 * How long a permit may be on its way to the wire, in seconds. What is granted within a window and this much more
 * stays within the limit, so that messages which are handed over late do not pile up on later ones.
 */
export const permitSeconds = 1;

export type Grant = { granted: number; waitMs: number };
export type Pace = { burst: number; intervalSeconds: number; portion: number };

/**
 * The parameters of a sender's GCRA (ITU-T I.371, virtual scheduling). With burst b and interval i, of any n permits the
 * last comes at least (n - b) * i after the first; so a half-open window of w seconds holds fewer than b + w / i, and
 * i = w / (L - b + 1) keeps that at L or below. `portion`: what is worth a round trip; less is not given out.
 */
export function paceOf(perMinute: number): Pace {
  const burst = 1 + Math.floor(perMinute / 100);
  const intervalSeconds = (windowSeconds + permitSeconds) / (perMinute - burst + 1);
  return { burst, intervalSeconds, portion: Math.ceil(burst / 2) };
}

/** One step of the GCRA, in seconds: the same arithmetic as in `takePermits`; a test holds the two together. */
export function grantAt(
  pace: Pace,
  tat: number,
  now: number,
  want: number,
): { granted: number; tat: number; waitSeconds: number } {
  const base = Math.max(tat, now);
  const available = Math.floor(pace.burst - (base - now) / pace.intervalSeconds + 1e-9);
  const least = Math.min(want, pace.portion);
  if (available < least)
    return { granted: 0, tat, waitSeconds: base - now - (pace.burst - least) * pace.intervalSeconds };
  const granted = Math.min(want, available);
  return { granted, tat: base + granted * pace.intervalSeconds, waitSeconds: 0 };
}

/**
 * Up to `want` permits to send one message each, for use at once. With none left, says how many milliseconds to wait
 * before it makes sense to ask again. Test and move are one statement under the row's lock, timed by the database's
 * clock (`at` is for tests), so that no number of workers passes the limit. A sender without a limit grants all.
 */
export async function takePermits(
  scope: Scope,
  senderId: SenderId,
  want: number,
  at: SQL = sql`clock_timestamp()`,
): Promise<Grant> {
  const { workspaceId } = scope;
  const [row] = await inScope(scope, (tx) =>
    tx.execute<{ granted: number | null; wait: number | null }>(sql`
      with sender as materialized (
        select throttle_tat, per_minute, ${at} as at
        from senders where workspace_id = ${workspaceId} and id = ${senderId} for no key update
      ), pace as (
        select at, greatest(throttle_tat, at) as base, 1 + per_minute / 100 as burst,
          ${windowSeconds + permitSeconds}::float8 / (per_minute - per_minute / 100) as step
        from sender where per_minute is not null
      ), room as (
        select *, extract(epoch from base - at)::float8 as ahead,
          least(${want}::int, (burst + 1) / 2) as least_worth,
          floor(burst - extract(epoch from base - at)::float8 / step + 1e-9)::int as available
        from pace
      ), decision as (
        select *, case when available >= least_worth then least(${want}::int, available) else 0 end as granted
        from room
      ), moved as (
        update senders s set throttle_tat = d.base + make_interval(secs => d.granted * d.step)
        from decision d
        where s.workspace_id = ${workspaceId} and s.id = ${senderId} and d.granted > 0
      )
      select d.granted, greatest(0, d.ahead - (d.burst - d.least_worth) * d.step) as wait
      from sender left join decision d on true`),
  );
  if (!row) return { granted: 0, waitMs: 1000 };
  if (row.granted === null) return { granted: want, waitMs: 0 };
  return {
    granted: row.granted,
    waitMs: row.granted > 0 ? 0 : Math.max(1, Math.ceil((row.wait ?? 0) * 1000)),
  };
}
