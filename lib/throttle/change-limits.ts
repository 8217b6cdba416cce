import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Scope } from '../auth/scope';
import { throttles } from '../db/schema/senders';
import type { ScopedTx } from '../db/scoped';
import type { CampaignId, SenderId } from '../ids';
import { type Limits, stepOf } from './pace';
import { afterSent } from './sent-before';

type Changing = { id: SenderId | CampaignId; weight: number; former: Limits; next: Limits };

/**
 * What is left to wait, at the pace of the new limit; no longer than its window, unless it was more. Where there was no limit
 * nobody has kept count, and what stood there is of one that was removed: then what was sent says it.
 */
function paced(
  tat: AnyPgColumn,
  window: keyof Limits,
  scope: Scope,
  { id, weight, former, next }: Changing,
): SQL {
  const before = stepOf(window, former, weight);
  const after = stepOf(window, next, weight);
  if (!after) return sql`${tat}`;
  if (!before) return afterSent(scope, id, after, weight);
  const left = sql`(${tat} - clock_timestamp())`;
  return sql`case when ${tat} > clock_timestamp() then clock_timestamp() + least(
    ${left} * ${after.step / before.step}::float8, greatest(${left}, make_interval(secs => ${after.span}::float8))) else ${tat} end`;
}

/**
 * Limits are changed in this transaction. What went out under the former ones goes on to count as so many messages, not as the
 * time that they were given: one that is raised from ten a day would hold everybody for two more hours. One that is lowered and
 * raised again is where it was, or nobody could say that it holds; one that is set for the first time or again counts what was
 * sent in the window before.
 */
export async function changePace(
  tx: ScopedTx,
  scope: Scope,
  id: SenderId | CampaignId,
  former: Limits,
  next: Limits,
): Promise<void> {
  // Without any limit nobody has asked for permits, and there is no row yet.
  const epoch = sql`'epoch'`;
  await tx
    .insert(throttles)
    .values({
      ...{ workspaceId: scope.workspaceId, id },
      ...{ secondTat: epoch, minuteTat: epoch, hourTat: epoch, dayTat: epoch },
    })
    .onConflictDoNothing();
  const mine = and(eq(throttles.workspaceId, scope.workspaceId), eq(throttles.id, id));
  const [row] = await tx
    .select({ weight: throttles.weight })
    .from(throttles)
    .where(mine)
    .for('no key update');
  if (!row) return;
  const changing = { id, weight: row.weight, former, next };
  await tx
    .update(throttles)
    .set({
      secondTat: paced(throttles.secondTat, 'perSecond', scope, changing),
      minuteTat: paced(throttles.minuteTat, 'perMinute', scope, changing),
      hourTat: paced(throttles.hourTat, 'perHour', scope, changing),
      dayTat: paced(throttles.dayTat, 'perDay', scope, changing),
      // Permits that were granted before are not given back by the new pace.
      grants: sql`${throttles.grants} + 1`,
    })
    .where(mine);
}
