import { sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import type { CampaignId } from '../ids';
import { log } from '../log';

/** Between two announcements of one campaign by this process, in milliseconds: nobody looks more often than every 500. */
const leastMs = 300;

const said = new Map<CampaignId, { again: boolean }>();

/**
 * Tells the open pages of a campaign that its figures have changed: at once, and at most every 300 ms however often it is
 * called, the last change included. To be called when the change is committed. It never fails, and nobody waits for it: who
 * misses one finds the change by looking now and then. It is for the states of deliveries, which change all the time while a campaign
 * goes out; all else that a page shows is told of by the database itself (migration 0022).
 */
export function announceCampaign(id: CampaignId): void {
  const known = said.get(id);
  if (known) known.again = true;
  else say(id);
}

function say(id: CampaignId): void {
  const state = { again: false };
  said.set(id, state);
  setTimeout(() => {
    if (state.again) say(id);
    else said.delete(id);
  }, leastMs).unref();
  notify(id).catch((error: unknown) => log.warn({ err: error, campaign: id }, 'a change was not announced'));
}

/** In a transaction of its own that waits for no disk: while one that notifies commits, no other one can. */
async function notify(id: CampaignId): Promise<void> {
  await unsafeDatabase().execute(
    sql`select set_config('synchronous_commit', 'off', true), pg_notify('live', ${id})`,
  );
}
