import { isIPv6 } from 'node:net';
import { and, eq, gt, gte, lt, sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { attempts } from '../db/schema/accounts';
import { fail } from '../errors';
import { sign } from './secrets';

const keyOf = (what: string, who: string) =>
  `${what}:${sign('attempt-key', Buffer.from(whoCounts(who))).toString('base64url')}`;

/** Who has IPv6 has a whole network (RFC 6177), and could ask from another address of it each time: it counts as one. */
function whoCounts(who: string): string {
  if (!isIPv6(who)) return who.toLowerCase();
  const [start = '', end] = (who.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = start.split(':');
  const missing = end === undefined ? 0 : 8 - groups.length - end.split(':').length;
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(end ?? '').split(':')];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group || '0', 16))
    .join(':');
}

/**
 * Counts one more within the current window, which begins with its first. One statement, so that parallel ones cannot slip
 * through.
 */
export async function countOne(
  what: string,
  who: string,
  windowSeconds: number,
): Promise<{ count: number; secondsLeft: number }> {
  const db = unsafeDatabase();
  const fresh = sql`now() + make_interval(secs => ${windowSeconds})`;
  const [row] = await db
    .insert(attempts)
    .values({ key: keyOf(what, who), count: 1, resetsAt: fresh })
    .onConflictDoUpdate({
      target: attempts.key,
      set: {
        count: sql`case when ${attempts.resetsAt} <= now() then 1 else ${attempts.count} + 1 end`,
        resetsAt: sql`case when ${attempts.resetsAt} <= now() then ${fresh} else ${attempts.resetsAt} end`,
      },
    })
    .returning({
      count: attempts.count,
      secondsLeft: sql<number>`greatest(1, ceil(extract(epoch from ${attempts.resetsAt} - now()))::int)`,
    });
  return row ?? { count: 1, secondsLeft: windowSeconds };
}

/** Seconds to wait for whoever has passed `limit` in the current window; 0: go on. Counts nothing. */
export async function secondsToWait(what: string, who: string, limit: number): Promise<number> {
  const [row] = await unsafeDatabase()
    .select({
      secondsLeft: sql<number>`greatest(1, ceil(extract(epoch from ${attempts.resetsAt} - now()))::int)`,
    })
    .from(attempts)
    .where(
      and(eq(attempts.key, keyOf(what, who)), gte(attempts.count, limit), gt(attempts.resetsAt, sql`now()`)),
    );
  return row?.secondsLeft ?? 0;
}

/** Counts one attempt. Answers how many seconds to wait once `limit` is passed in the current window, 0 before. */
export async function countAttempt(
  what: string,
  who: string,
  { limit, windowSeconds }: { limit: number; windowSeconds: number },
): Promise<number> {
  const { count, secondsLeft } = await countOne(what, who, windowSeconds);
  return count > limit ? secondsLeft : 0;
}

/** Forgets the attempts of somebody who then succeeded, and everybody's that ran out. */
export async function clearAttempts(what: string, who: string): Promise<void> {
  const db = unsafeDatabase();
  await db.delete(attempts).where(eq(attempts.key, keyOf(what, who)));
  await db.delete(attempts).where(lt(attempts.resetsAt, sql`now()`));
}

/** What somebody is told who has to wait. */
export function tooManyAttempts(seconds: number) {
  const minutes = Math.ceil(seconds / 60);
  return fail(
    'rate_limited',
    `Too many attempts. Try again in ${minutes} minute${minutes === 1 ? '' : 's'}.`,
    {
      retryAfterSeconds: seconds,
    },
  );
}
