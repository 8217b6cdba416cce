import { and, asc, desc, eq, gt, gte, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { resolveLocalTime } from '../campaigns/local-time';
import { type Page, turnedPage, turnOf } from '../db/page';
import { apiKeys } from '../db/schema/access';
import { users } from '../db/schema/accounts';
import { auditLog } from '../db/schema/operation';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { type ApiKeyId, UserId } from '../ids';
import { type Target, targetsOf } from './targets';

export type Actor =
  | { kind: 'member'; id: UserId; name: string }
  | { kind: 'key'; id: ApiKeyId; name: string }
  | { kind: 'system' };

export type AuditEntry = {
  id: string;
  at: Date;
  who: Actor;
  action: string;
  /** To what it was done; null: to nothing in particular. */
  target: Target | null;
  detail: Record<string, unknown>;
  /** The network address that it came from; null: from inside. */
  address: string | null;
};

export type AuditFilter = {
  who?: { kind: 'member' | 'key'; id: string } | { kind: 'system' };
  /** What stands before the dot of an action: campaign, list, … */
  subjects?: readonly string[];
  /** The first and the last day, as 2026-03-29, by the clocks of the workspace. */
  from?: string;
  to?: string;
  cursor?: string | null;
};

const dayMs = 24 * 3_600_000;

/** Midnight of a day; where the clocks go forward at midnight, the moment when they do. */
export function startOfDay(day: string, zone: string): Date | undefined {
  for (const time of ['00:00', '01:00', '02:00', '03:00']) {
    const found = resolveLocalTime(day, time, zone);
    if (found?.kind === 'once') return found.at;
    if (found?.kind === 'twice') return found.first;
  }
  return undefined;
}

const nextDay = (day: string): string => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);

/** The smallest id (a UUIDv7) of a moment. */
const idAt = (ms: number): SQL => {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0');
  return sql`${`${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`}::uuid`;
};

/** Ids are of the app's clock and times of the database's: the index narrows it to a day around, the time decides. */
async function within(tx: ScopedTx, scope: Scope, { from, to }: AuditFilter): Promise<SQL | undefined> {
  if (from === undefined && to === undefined) return undefined;
  const zone = await timeZoneOf(tx, scope);
  const first = from === undefined ? undefined : startOfDay(from, zone);
  const end = to === undefined ? undefined : startOfDay(nextDay(to), zone);
  return and(
    first && and(gte(auditLog.createdAt, first), gte(auditLog.id, idAt(first.getTime() - dayMs))),
    end && and(lt(auditLog.createdAt, end), lt(auditLog.id, idAt(end.getTime() + dayMs))),
  );
}

async function timeZoneOf(tx: ScopedTx, scope: Scope): Promise<string> {
  const [row] = await tx
    .select({ zone: workspaces.timeZone })
    .from(workspaces)
    .where(eq(workspaces.id, scope.workspaceId));
  return row?.zone ?? 'UTC';
}

function by(who: AuditFilter['who']): SQL | undefined {
  if (!who) return undefined;
  if (who.kind === 'system') return and(isNull(auditLog.userId), isNull(auditLog.keyId));
  return sql`${who.kind === 'member' ? auditLog.userId : auditLog.keyId} = ${who.id}::uuid`;
}

/** As a range of the index of actions: "campaign." to "campaign/", which follows the dot. */
const about = (subject: string): SQL =>
  sql`(${auditLog.action} collate "C" >= ${`${subject}.`} and ${auditLog.action} collate "C" < ${`${subject}/`})`;

/** A page of the audit log, the newest first. */
export function listAudit(scope: Scope, filter: AuditFilter, size = 50): Promise<Page<AuditEntry>> {
  const turn = turnOf(filter.cursor);
  return inScope(scope, async (tx) => {
    const found = await tx
      .select({
        id: auditLog.id,
        at: auditLog.createdAt,
        userId: auditLog.userId,
        user: users.name,
        keyId: auditLog.keyId,
        key: apiKeys.name,
        action: auditLog.action,
        targetId: auditLog.targetId,
        detail: auditLog.detail,
        address: auditLog.address,
      })
      .from(auditLog)
      .leftJoin(users, eq(users.id, auditLog.userId))
      .leftJoin(apiKeys, and(eq(apiKeys.workspaceId, auditLog.workspaceId), eq(apiKeys.id, auditLog.keyId)))
      .where(
        and(
          eq(auditLog.workspaceId, scope.workspaceId),
          by(filter.who),
          filter.subjects && or(...filter.subjects.map(about)),
          await within(tx, scope, filter),
          turn.id ? (turn.backwards ? gt : lt)(auditLog.id, turn.id) : undefined,
        ),
      )
      .orderBy(turn.backwards ? asc(auditLog.id) : desc(auditLog.id))
      .limit(size + 1);
    const page = turnedPage(found, size, turn);
    const targets = await targetsOf(tx, scope, page.rows);
    return {
      ...page,
      rows: page.rows.map((row) => ({
        ...{ id: row.id, at: row.at, action: row.action, detail: row.detail, address: row.address },
        who: actorOf(row),
        target: targets.get(row.id) ?? null,
      })),
    };
  });
}

function actorOf(row: {
  userId: UserId | null;
  user: string | null;
  keyId: ApiKeyId | null;
  key: string | null;
}): Actor {
  if (row.userId) return { kind: 'member', id: row.userId, name: row.user ?? 'Somebody who is gone' };
  if (row.keyId) return { kind: 'key', id: row.keyId, name: row.key ?? 'A key that is gone' };
  return { kind: 'system' };
}

/** Everything that the filter finds, the newest first, read a thousand at a time. */
export async function* walkAudit(scope: Scope, filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
  let cursor: string | null = null;
  do {
    const page: Page<AuditEntry> = await listAudit(scope, { ...filter, cursor }, 1000);
    yield page.rows;
    cursor = page.next;
  } while (cursor !== null);
}

const Person = z.object({ id: UserId, name: z.string() });
const mostKeys = 500;

/** Everybody who stands in the log, also those who have left, and all keys: for choosing one. */
export function listActors(scope: Scope): Promise<Exclude<Actor, { kind: 'system' }>[]> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    // One step of the index for each person, however long the log is.
    const people = await tx.execute(sql`
      with recursive seen as (
        (select user_id from audit_log where workspace_id = ${workspaceId} and user_id is not null
          order by user_id limit 1)
        union all
        select (select user_id from audit_log where workspace_id = ${workspaceId} and user_id > seen.user_id
          order by user_id limit 1)
        from seen where seen.user_id is not null
      )
      select u.id, u.name from seen join users u on u.id = seen.user_id order by lower(u.name), u.id`);
    const keys = await tx
      .select({ id: apiKeys.id, name: apiKeys.name })
      .from(apiKeys)
      .where(eq(apiKeys.workspaceId, workspaceId))
      .orderBy(asc(sql`lower(${apiKeys.name})`), asc(apiKeys.id))
      .limit(mostKeys);
    return [
      ...z
        .array(Person)
        .parse([...people])
        .map((person) => ({ kind: 'member' as const, ...person })),
      ...keys.map((key) => ({ kind: 'key' as const, ...key })),
    ];
  });
}
