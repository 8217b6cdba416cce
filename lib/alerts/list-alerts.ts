import { and, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { alerts } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import type { AlertKind } from '../db/states';
import type { CampaignId } from '../ids';

export type Alert = Pick<
  typeof alerts.$inferSelect,
  'id' | 'kind' | 'subjectId' | 'severity' | 'title' | 'detail' | 'resolvedAt'
> & { openedAt: Date };

const open = ({ workspaceId }: Scope) =>
  and(eq(alerts.workspaceId, workspaceId), isNotNull(alerts.openedAt), isNull(alerts.resolvedAt));

const columns = {
  id: alerts.id,
  kind: alerts.kind,
  subjectId: alerts.subjectId,
  severity: alerts.severity,
  title: alerts.title,
  detail: alerts.detail,
  openedAt: sql<Date>`${alerts.openedAt}`.mapWith(alerts.openedAt),
  resolvedAt: alerts.resolvedAt,
};

/** What is not well at the moment, the gravest first; 50 at most. */
export function openAlerts(scope: Scope): Promise<Alert[]> {
  return inScope(scope, (tx) =>
    tx
      .select(columns)
      .from(alerts)
      .where(open(scope))
      .orderBy(sql`${alerts.severity} <> 'critical'`, desc(alerts.openedAt))
      .limit(50),
  );
}

/** What was not well and is over, the latest first. */
export function pastAlerts(scope: Scope, limit = 20): Promise<Alert[]> {
  return inScope(scope, (tx) =>
    tx
      .select(columns)
      .from(alerts)
      .where(
        and(
          eq(alerts.workspaceId, scope.workspaceId),
          isNotNull(alerts.openedAt),
          isNotNull(alerts.resolvedAt),
        ),
      )
      .orderBy(desc(alerts.openedAt))
      .limit(limit),
  );
}

/** Of what too much came of a campaign, as far as that is not over. */
export async function reputationAlerts(scope: Scope, id: CampaignId): Promise<AlertKind[]> {
  const rows = await inScope(scope, (tx) =>
    tx
      .select({ kind: alerts.kind })
      .from(alerts)
      .where(and(open(scope), eq(alerts.subjectId, id), inArray(alerts.kind, ['bounces', 'complaints'])))
      .orderBy(alerts.kind),
  );
  return rows.map(({ kind }) => kind);
}

export const countOpenAlerts = (scope: Scope): Promise<number> =>
  inScope(scope, (tx) => tx.$count(alerts, open(scope)));
