import { and, eq, lte, type SQL, sql } from 'drizzle-orm';
import { may } from '../auth/policy';
import { scopeOfOrderer } from '../auth/principals';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { notFound } from '../errors';
import type { ApiKeyId, CampaignId, UserId } from '../ids';
import { log } from '../log';
import { maySendTo } from './access';
import { changeStatus, statusOf } from './change-status';
import { describeMoment } from './local-time';
import { readyToGo } from './ready';
import { freezeAndLaunch } from './send';

/** The database's clock decides what is due, for it also decides when the job of a scheduled campaign begins. */
const databaseClock = sql`clock_timestamp()`;

const dueAt = (scope: Scope, at: SQL) =>
  and(
    eq(campaigns.workspaceId, scope.workspaceId),
    eq(campaigns.status, 'scheduled'),
    eq(campaigns.held, false),
    lte(campaigns.scheduledAt, at),
  );

/** Whatever is due in any workspace and has not gone out: a job may have been lost, or nothing was running. */
export async function launchAllDue(at: SQL = databaseClock): Promise<void> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const workspace of all) {
    const scope = mintSystemScope(workspace.id);
    const due = await inScope(scope, (tx) =>
      tx.select({ id: campaigns.id }).from(campaigns).where(dueAt(scope, at)).orderBy(campaigns.scheduledAt),
    );
    for (const { id } of due) await launchDue(scope, id, at);
  }
}

/**
 * Sends a campaign whose time has come. When that was too long ago, or something stands in the way, it is held instead:
 * it stays scheduled, says why, and waits for a person. Does nothing for one that is not due.
 */
export async function launchDue(scope: Scope, id: CampaignId, at: SQL = databaseClock): Promise<void> {
  const [due] = await inScope(scope, (tx) =>
    tx
      .select({
        scheduledAt: campaigns.scheduledAt,
        zone: campaigns.scheduledZone,
        minutesLate: sql<number>`extract(epoch from ${at} - ${campaigns.scheduledAt})::float8 / 60`,
        grace: workspaces.scheduleGraceMinutes,
        user: campaigns.scheduledBy,
        key: campaigns.scheduledByKey,
      })
      .from(campaigns)
      .innerJoin(workspaces, eq(workspaces.id, campaigns.workspaceId))
      .where(and(eq(campaigns.id, id), dueAt(scope, at))),
  );
  if (!due?.scheduledAt) return;
  const planned = describeMoment(due.scheduledAt, due.zone ?? 'UTC');
  if (due.minutesLate > due.grace) {
    const problem = `It was to go out on ${planned}, but nothing was running then, and that is more than ${lateness(due.grace)} ago.`;
    return hold(scope, id, at, problem);
  }
  const refusal = await refusalOf(scope, id, due);
  if (refusal) return hold(scope, id, at, `It could not go out on ${planned}: ${refusal}`);
  const ready = await readyToGo(scope, id, 'launch');
  if (!ready.ok) {
    if (ready.problem.code !== 'invalid') return; // somebody decided otherwise at this moment
    return hold(scope, id, at, `It could not go out on ${planned}: ${ready.problem.message}`);
  }
  const launched = await freezeAndLaunch(scope, ready.value, dueAt(scope, at), {
    scheduledAt: due.scheduledAt.toISOString(),
  });
  log.info(
    { campaign: id, launched: launched.ok, minutesLate: due.minutesLate },
    'a scheduled campaign was due',
  );
}

/** Why whoever scheduled a campaign may no longer send it, if so. */
async function refusalOf(
  scope: Scope,
  id: CampaignId,
  orderer: { user: UserId | null; key: ApiKeyId | null },
): Promise<string | undefined> {
  const theirs = await scopeOfOrderer(scope, orderer);
  const lost =
    'whoever scheduled it may no longer send to all of its lists. Look at it, and send or schedule it yourself.';
  if (!theirs || !may(theirs, 'campaigns:send')) return lost;
  const allowed = await inScope(theirs, async (tx) =>
    // What they do not see has a list that they have lost.
    (await statusOf(tx, theirs, id)) ? maySendTo(tx, theirs, id) : notFound('campaign'),
  );
  return allowed.ok ? undefined : lost;
}

function lateness(minutes: number): string {
  if (minutes === 60) return 'an hour';
  if (minutes % 60 === 0) return `${minutes / 60} hours`;
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

async function hold(scope: Scope, id: CampaignId, at: SQL, problem: string): Promise<void> {
  const held = await inScope(scope, (tx) =>
    changeStatus(tx, scope, id, 'hold', {
      set: { held: true, problem },
      only: dueAt(scope, at),
      detail: { problem },
    }),
  );
  if (held.ok) log.warn({ campaign: id, problem }, 'a scheduled campaign waits for a person');
}
