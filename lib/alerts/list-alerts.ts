import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { alerts } from '../db/schema/operation';
import { inScope } from '../db/scoped';

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

export const countOpenAlerts = (scope: Scope): Promise<number> =>
  inScope(scope, (tx) => tx.$count(alerts, open(scope)));
