import { sql } from 'drizzle-orm';
import { inScopeOnce } from '../db/scoped';
import { uuidv7 } from '../ids';
import { log } from '../log';
import type { Permission } from './policy';
import { keyOf, type Scope, userOf } from './scope';

export type Denied = {
  permission: Permission;
  /** The path that was asked for; of a server action the page's that called it. */
  path: string;
  /** What the answer said, where more was lacking than the permission. */
  said?: string;
};

/**
 * Writes to the audit log that somebody tried what they may not do: one entry a minute for each person (or key) and
 * permission, so that nobody can fill the disk by trying. One statement decides, so that parallel tries cannot slip through.
 * Never fails: the answer is a refusal in any case.
 */
export async function noteDenial(scope: Scope, denied: Denied): Promise<void> {
  const { workspaceId, address } = scope;
  const [user, key] = [userOf(scope), keyOf(scope)];
  const turn = `denied:${workspaceId}:${user ?? key}:${denied.permission}`;
  try {
    await inScopeOnce(
      scope,
      sql`with turn as (
          insert into attempts as a (key, count, resets_at) values (${turn}, 1, now() + interval '1 minute')
          on conflict (key) do update set count = 1, resets_at = excluded.resets_at where a.resets_at <= now()
          returning key
        )
        insert into audit_log (workspace_id, id, user_id, key_id, address, action, detail)
        select ${workspaceId}::uuid, ${uuidv7()}::uuid, ${user}::uuid, ${key}::uuid, ${address},
          'authorization.denied', ${JSON.stringify(denied)}::jsonb
        from turn`,
    );
  } catch (error) {
    log.warn({ err: error }, 'a refusal could not be written to the audit log');
  }
}
