import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { changeStatus } from '../campaigns/change-status';
import { unsafeDatabase } from '../db/client';
import { alerts } from '../db/schema/operation';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { AlertKind } from '../db/states';
import { AlertId, CampaignId, newId } from '../ids';
import { log } from '../log';
import { foldOldMinutes } from '../monitoring/sender-flow';
import { type Condition, findConditions, isPaused, mustPause } from './conditions';
import { type AlertRules, readAlertRules } from './rules';
import { tellOfAlerts } from './tell';

/** Any number of its own: two looks at one workspace at the same time would tell of everything twice. */
const lookLock = 7_205_759_407;

/** How long it must last before people are told, and how long it must be well before it is over; in seconds. */
const patience: Record<AlertKind, { open: number; resolve: number }> = {
  sender_down: { open: 60, resolve: 120 },
  error_rate: { open: 60, resolve: 300 },
  quota: { open: 0, resolve: 600 },
  backlog: { open: 600, resolve: 600 },
  stalled: { open: 0, resolve: 120 },
  worker_gone: { open: 0, resolve: 60 },
  bounces: { open: 0, resolve: 0 },
  complaints: { open: 0, resolve: 0 },
  campaign_stopped: { open: 0, resolve: 0 },
  mailbox: { open: 0, resolve: 600 },
};

/** So long one can look back at what is over. */
const keptMs = 90 * 24 * 3600_000;

type Row = typeof alerts.$inferSelect;

/** Looks at all workspaces: opens and resolves alerts, and tells people of them. One that cannot be looked at holds up no other. */
export async function evaluateAllAlerts(stop: AbortSignal): Promise<void> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) {
    if (stop.aborted) return;
    const scope = mintSystemScope(id);
    try {
      const now = new Date();
      await evaluateAlerts(scope, now);
      await tellOfAlerts(scope, now);
      await foldOldMinutes(scope, now);
      await forgetOld(scope, now);
    } catch (error) {
      log.error({ err: error, workspace: id }, 'alerts of a workspace could not be looked at');
    }
  }
}

/**
 * Looks between the looks at all for campaigns whose messages come back or are complained of: those go on no longer than it
 * takes to notice. True: one was found.
 */
export async function watchReputation(scope: Scope, now = new Date()): Promise<boolean> {
  const found = await inScope(scope, async (tx) => {
    // Nearly always there is nothing.
    const [any] = await tx.execute(sql`
      select 1 from campaigns k where k.workspace_id = ${scope.workspaceId} and k.status = 'sending' and exists (
        select from suppressions u where u.workspace_id = ${scope.workspaceId} and u.campaign_id = k.id) limit 1`);
    return any ? mustPause({ tx, scope, rules: await readAlertRules(tx, scope) }) : false;
  });
  if (!found) return false;
  await evaluateAlerts(scope, now);
  await tellOfAlerts(scope, now);
  return true;
}

/** The same in all workspaces. */
export async function watchAllReputations(stop: AbortSignal): Promise<void> {
  for (const { id } of await unsafeDatabase().select({ id: workspaces.id }).from(workspaces)) {
    if (stop.aborted) return;
    await watchReputation(mintSystemScope(id)).catch((error: unknown) =>
      log.error({ err: error, workspace: id }, 'what comes back of campaigns could not be looked at'),
    );
  }
}

async function forgetOld(scope: Scope, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptMs);
  await inScope(scope, (tx) =>
    tx.delete(alerts).where(and(eq(alerts.workspaceId, scope.workspaceId), lt(alerts.resolvedAt, before))),
  );
}

/** Compares what is not well with the alerts of a workspace, and changes these. What a campaign's alert pauses is paused with it. */
export async function evaluateAlerts(scope: Scope, now: Date): Promise<void> {
  await inScope(scope, async (tx) => {
    const [turn] = await tx.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${lookLock}::bigint + hashtext(${scope.workspaceId})) as mine`,
    );
    if (!turn?.mine) return;
    const rules = await readAlertRules(tx, scope);
    const conditions = await findConditions({ tx, scope, rules, now });
    const known = await tx
      .select()
      .from(alerts)
      .where(and(eq(alerts.workspaceId, scope.workspaceId), isNull(alerts.resolvedAt)));
    const found = new Map(conditions.map((condition) => [keyOf(condition), condition]));
    for (const row of known) await follow(tx, scope, row, found.get(keyOf(row)), { rules, now });
    const keys = new Set(known.map(keyOf));
    for (const condition of conditions)
      if (!condition.near && !keys.has(keyOf(condition))) await begin(tx, scope, condition, { rules, now });
  });
}

const keyOf = ({ kind, subjectId }: Pick<Row, 'kind' | 'subjectId'>) => `${kind} ${subjectId}`;

type Moment = { rules: AlertRules; now: Date };

const hasLasted = (kind: AlertKind, since: Date, now: Date) =>
  now.getTime() - since.getTime() >= patience[kind].open * 1000;

async function begin(
  tx: ScopedTx,
  scope: Scope,
  condition: Condition,
  { rules, now }: Moment,
): Promise<void> {
  const { kind, subjectId, severity, title, detail, since = now } = condition;
  const opens = hasLasted(kind, since, now);
  const id = newId(AlertId);
  await tx.insert(alerts).values({
    ...{ workspaceId: scope.workspaceId, id },
    ...{ kind, subjectId, severity, title, detail, since, openedAt: opens ? now : null },
  });
  if (opens) await opened(tx, scope, { ...condition, id }, rules);
}

/** What becomes of an alert that is open, or about to be. */
async function follow(
  tx: ScopedTx,
  scope: Scope,
  row: Row,
  condition: Condition | undefined,
  { rules, now }: Moment,
): Promise<void> {
  const isThis = and(eq(alerts.workspaceId, scope.workspaceId), eq(alerts.id, row.id));
  const set = (values: Partial<Row>) => tx.update(alerts).set(values).where(isThis);
  const isBad = condition !== undefined && !condition.near;
  if (!row.openedAt) {
    if (!isBad) await tx.delete(alerts).where(isThis);
    else if (hasLasted(row.kind, row.since, now)) {
      const { severity, title, detail } = condition;
      await set({ severity, title, detail, openedAt: now });
      await opened(tx, scope, { ...condition, id: row.id }, rules);
    }
    return;
  }
  if (condition) {
    const { severity, title, detail } = condition;
    const isWorse = isBad && severity === 'critical' && row.severity === 'warning';
    // While it is near, it says what it was opened for. It gets no less grave, else it would get graver again, and be told again.
    const words = isBad ? { title, detail, ...(isWorse && { severity }) } : {};
    await set({ ...words, wellSince: null, ...(isWorse ? { openedToldAt: null } : {}) });
    return;
  }
  const wellSince = row.wellSince ?? now;
  const isOver = now.getTime() - wellSince.getTime() >= patience[row.kind].resolve * 1000;
  await set({ wellSince, resolvedAt: isOver ? now : null });
  if (isOver) log.info({ workspace: scope.workspaceId, alert: row.id, kind: row.kind }, 'an alert resolved');
}

/** Once for each alert: whoever resumes the campaign has decided, and is not overruled while it is open. */
async function opened(
  tx: ScopedTx,
  scope: Scope,
  { id, kind, subjectId, title, detail }: Condition & { id: AlertId },
  rules: AlertRules,
): Promise<void> {
  log.warn({ workspace: scope.workspaceId, kind, subject: subjectId }, 'an alert opened');
  if (!rules.pauseCampaigns || (kind !== 'bounces' && kind !== 'complaints')) return;
  const problem = `${title}. ${detail}`;
  const paused = await changeStatus(tx, scope, CampaignId.parse(subjectId), 'pause', {
    set: { problem },
    detail: { problem },
  });
  if (paused.ok)
    await tx
      .update(alerts)
      .set({ detail: `${detail} ${isPaused}` })
      .where(and(eq(alerts.workspaceId, scope.workspaceId), eq(alerts.id, id)));
}
