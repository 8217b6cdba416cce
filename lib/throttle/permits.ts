import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import type { CampaignId, SenderId } from '../ids';

/** Whose limits hold: the sender's, and the campaign's if there is one. */
export type Throttled = { senderId: SenderId; campaignId: CampaignId | null };

export type Grant = {
  granted: number;
  limited: boolean;
  /** What the database's clock read, and when the permits begin by it; milliseconds of the epoch. */
  at: number;
  start: number;
  /** How long they hold from then on. */
  validMs: number;
  /** With none granted: how long to wait before asking again. */
  waitMs: number;
  /** For giving back what was not used. */
  ticket: string | null;
};

type Row = {
  granted: number;
  limited: boolean;
  at: number;
  start: number;
  valid_ms: number;
  wait_ms: number;
  ticket: string | null;
};

/**
 * Up to `want` permits to send one message each, under all limits of the sender and the campaign: no window of a second,
 * minute, hour or day ever holds more messages than its limit, however many workers ask, as long as each goes out in its
 * permit's time. `each`: for how much a message counts, a text message for its segments; one that alone counts for more than
 * a limit goes out nevertheless, with as long a pause behind it. One statement, timed by the database's clock. A sender's
 * limits that nobody has set give way to a campaign's (./pace.ts).
 */
export async function takePermits(
  scope: Scope,
  { senderId, campaignId }: Throttled,
  want: number,
  moment: Date | null = null,
  each = 1,
): Promise<Grant> {
  const [row] = await unsafeDatabase().execute<Row>(sql`
    select * from take_permits(${scope.workspaceId}, ${senderId}, ${campaignId}, ${want}::int, ${each}::int,
      ${moment?.toISOString() ?? null}::timestamptz)`);
  if (!row) throw new Error('take_permits answers one row');
  const { valid_ms: validMs, wait_ms: waitMs, ...grant } = row;
  return { ...grant, validMs, waitMs };
}

/** Gives permits back, unless somebody has been granted others since. `unused`: for how much they count. */
export async function returnPermits(
  scope: Scope,
  { senderId, campaignId }: Throttled,
  unused: number,
  ticket: string | null,
): Promise<void> {
  if (unused <= 0 || ticket === null) return;
  await unsafeDatabase().execute(sql`
    select return_permits(${scope.workspaceId}, ${senderId}, ${campaignId}, ${unused}, ${ticket})`);
}
