import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { ContactId, newId } from '../ids';
import { loadSampleData } from '../workspaces/sample-data';
import { testWorkspace } from '../workspaces/testing';
import { unsafeDatabase } from './client';
import { inScope, type ScopedTx } from './scoped';

/*
 * The second wall, without the first: every query here leaves out the application's own `workspace_id` condition.
 * Tables are found in the catalogue, so that one which is added later is tested too, or fails.
 */

type Table = { name: string; secured: boolean; forced: boolean; policies: number };
let tables: Table[];
let mine: Scope;
let theirs: Scope;

beforeAll(async () => {
  tables = await unsafeDatabase().execute<Table>(sql`
    select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`);
  ({ scope: mine } = await testWorkspace('Mine'));
  ({ scope: theirs } = await testWorkspace('Theirs'));
  for (const scope of [mine, theirs]) {
    await loadSampleData(scope);
    await inScope(scope, (tx) => fillTheRest(tx, scope));
  }
});

/** A row in each table that the sample data leaves empty. */
async function fillTheRest(tx: ScopedTx, { workspaceId }: Scope): Promise<void> {
  await tx.execute(sql`
    with c as (select id from contacts limit 1), k as (select id from campaigns limit 1), i as (
      insert into imports (workspace_id, id, file_name, bytes) values (${workspaceId}, uuid_v7(), 'a.csv', 1) returning id
    ), r as (
      insert into import_rejections (workspace_id, import_id, "row", reason, "values")
      select ${workspaceId}, i.id, 1, 'no_at', '[]' from i
    ), d as (
      insert into deliveries (workspace_id, id, campaign_id, contact_id, channel, address)
      select ${workspaceId}, uuid_v7(), k.id, c.id, 'email', 'a@example.com' from c, k returning id
    ), t as (
      insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
      select ${workspaceId}, uuid_v7(), d.id, 1, 'temporary', '' from d
    ), s as (
      insert into sandbox_messages (workspace_id, id, "to", "from", subject, headers, html, text)
      values (${workspaceId}, uuid_v7(), 'a@example.com', 'b@example.com', '', '[]', '', '')
    ), b as (
      insert into breakers (workspace_id, sender_id, failures, open_until, problem)
      select ${workspaceId}, id, 1, now(), '' from senders limit 1
    ), o as (
      insert into throttles (workspace_id, id, second_tat, minute_tat, hour_tat, day_tat)
      select ${workspaceId}, id, now(), now(), now(), now() from k
    ), a as (
      insert into api_keys (workspace_id, id, name, role, token_hash, hint)
      values (${workspaceId}, uuid_v7(), 'Shop', 'marketer', '\\x00', 'ph_') returning id
    ), g as (
      insert into api_key_grants (workspace_id, key_id, list_id, access) select ${workspaceId}, a.id, l.id, 'view' from a, lists l
    ), q as (
      insert into idempotency_keys (workspace_id, key_id, key, request) select ${workspaceId}, a.id, 'k', 'POST /' from a
    ), m as (
      insert into list_grants (workspace_id, list_id, user_id, access)
      select ${workspaceId}, l.id, u.user_id, 'send' from lists l, members u
    ), n as (
      insert into invitations (workspace_id, id, role, token_hash, expires_at)
      values (${workspaceId}, uuid_v7(), 'viewer', '\\x00', now())
    ), h as (
      insert into webhooks (workspace_id, id, url, events, secret)
      values (${workspaceId}, uuid_v7(), 'https://shop.example.com', '{}', '') returning id
    ), v as (
      insert into webhook_messages (workspace_id, id, webhook_id, type)
      select ${workspaceId}, uuid_v7(), h.id, 'webhook.test' from h returning id
    ), y as (
      insert into webhook_attempts (workspace_id, id, message_id, detail, milliseconds)
      select ${workspaceId}, uuid_v7(), v.id, '', 1 from v
    ), w as (
      insert into replays (workspace_id, id, campaign_id, delivery_ids, body, account, expires_at)
      select ${workspaceId}, uuid_v7(), k.id, array[d.id], '[]', '', now() from k, d
    ), x as (
      insert into contact_codes (workspace_id, contact_id, code)
      select ${workspaceId}, c.id, upper(translate(left(encode(uuid_send(c.id), 'hex'), 12), 'ilou', '0000')) from c
    ), l as (
      insert into short_links (workspace_id, delivery_id, link, slug)
      select ${workspaceId}, d.id, 0, upper(translate(left(encode(uuid_send(d.id), 'hex'), 10), 'ilou', '0000')) from d
    ), p as (
      insert into provider_reports (workspace_id, id, sender_id, report_id, body)
      select ${workspaceId}, uuid_v7(), id, 'msg_1', '{}' from senders limit 1
    ), f as (
      insert into sender_minutes (workspace_id, sender_id, minute, calls, messages, sent, errors, milliseconds, slowest_ms)
      select ${workspaceId}, id, now(), 1, 1, 1, 0, 1, 1 from senders limit 1
    ), z as (
      insert into alerts (workspace_id, id, kind, severity, title, detail, since)
      values (${workspaceId}, uuid_v7(), 'worker_gone', 'critical', '', '', now())
    ), bo as (
      insert into bounces (workspace_id, delivery_id, kind, detail) select ${workspaceId}, d.id, 'bounced', '' from d
    ), sb as (
      insert into soft_bounces (workspace_id, delivery_id, returned) select ${workspaceId}, d.id, 'SM1' from d
    ), mb as (
      insert into mailboxes (workspace_id, sender_id, config) select ${workspaceId}, id, '' from senders limit 1
    ), te as (
      insert into tracking_events (workspace_id, id, delivery_id, campaign_id, kind, class, at)
      select ${workspaceId}, uuid_v7(), d.id, k.id, 'open', 'human', now() from d, k
    ), tr as (
      insert into tracking_rollups (workspace_id, campaign_id, grain, at, kind, link)
      select ${workspaceId}, k.id, 'all', to_timestamp(0), 'open', 0 from k
    ), dd as (
      insert into delivery_domains (workspace_id, campaign_id, domain, planned, sent, failed, bounced, opened, clicked)
      select ${workspaceId}, k.id, 'example.com', 0, 0, 0, 0, 0, 0 from k
    ), dm as (
      insert into delivery_moments (workspace_id, campaign_id, at, sent, delivered, bounced)
      select ${workspaceId}, k.id, to_timestamp(0), 0, 0, 0 from k
    ), dr as (
      insert into delivery_rollups (workspace_id, campaign_id, part, state, reason, flags, n)
      select ${workspaceId}, k.id, -1, 'queued', '', 0, 0 from k
    ), e as (
      insert into contact_events (workspace_id, id, contact_id, type) select ${workspaceId}, uuid_v7(), c.id, 'edited' from c
    )
    insert into suppressions (workspace_id, id, channel, address, reason)
    values (${workspaceId}, uuid_v7(), 'email', 'a@example.com', 'manual')`);
}

const workspacesSeen = async (tx: Pick<ScopedTx, 'execute'>, table: string): Promise<string[]> => {
  const rows = await tx.execute<{ id: string }>(
    sql`select distinct workspace_id as id from ${sql.identifier(table)}`,
  );
  return rows.map((row) => row.id);
};

test('the app’s role may not pass row-level security by', async () => {
  const [role] = await unsafeDatabase().execute(
    sql`select rolsuper, rolbypassrls from pg_roles where rolname = current_user`,
  );
  expect(role).toEqual({ rolsuper: false, rolbypassrls: false });
});

describe('every table with a workspace_id', () => {
  test('is known, and has forced row-level security with a policy', () => {
    expect(tables.length).toBeGreaterThanOrEqual(15);
    for (const { name, ...wall } of tables)
      expect({ name, ...wall }).toEqual({ name, secured: true, forced: true, policies: expect.any(Number) });
    expect(Math.min(...tables.map(({ policies }) => policies))).toBeGreaterThan(0);
  });

  test('has rows to hide in this test, and shows those of its scope alone', async () => {
    for (const { name } of tables) {
      const seen = await inScope(mine, (tx) => workspacesSeen(tx, name));
      expect({ name, seen }).toEqual({ name, seen: [mine.workspaceId] });
      const seenByThem = await inScope(theirs, (tx) => workspacesSeen(tx, name));
      expect({ name, seen: seenByThem }).toEqual({ name, seen: [theirs.workspaceId] });
    }
  });

  test('shows nothing outside a scope, nor on a connection that was in one before', async () => {
    for (const { name } of tables)
      expect({ name, seen: await workspacesSeen(unsafeDatabase(), name) }).toEqual({ name, seen: [] });
  });

  test('lets nobody change or delete a neighbour’s rows', async () => {
    const before = await inScope(theirs, countAll);
    for (const { name } of tables.filter((table) => table.name !== 'audit_log'))
      await inScope(mine, (tx) =>
        tx.execute(sql`delete from ${sql.identifier(name)} where workspace_id <> ${mine.workspaceId}`),
      );
    await inScope(mine, (tx) =>
      tx.execute(sql`update contacts set first_name = 'X' where workspace_id <> ${mine.workspaceId}`),
    );
    expect(await inScope(theirs, countAll)).toEqual(before);
    const [changed] = await inScope(theirs, (tx) =>
      tx.execute(sql`select 1 from contacts where first_name = 'X'`),
    );
    expect(changed).toBeUndefined();
  });
});

test('a row cannot be put into, or moved to, another workspace', async () => {
  const put = inScope(mine, (tx) =>
    tx.execute(
      sql`insert into contacts (workspace_id, id) values (${theirs.workspaceId}, ${newId(ContactId)})`,
    ),
  );
  await expect(put).rejects.toMatchObject({ cause: { code: '42501' } });
  const moved = inScope(mine, (tx) =>
    tx.execute(sql`update suppressions set workspace_id = ${theirs.workspaceId}`),
  );
  await expect(moved).rejects.toMatchObject({ cause: { code: '42501' } });
});

test('the audit log can be added to and nothing else', async () => {
  for (const change of [
    sql`delete from audit_log`,
    sql`update audit_log set action = 'x'`,
    sql`truncate audit_log`,
  ])
    await expect(inScope(mine, (tx) => tx.execute(change))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('append-only') },
    });
});

async function countAll(tx: ScopedTx): Promise<Record<string, unknown>> {
  const counts: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [row] = await tx.execute<{ n: number }>(
      sql`select count(*)::int as n from ${sql.identifier(name)}`,
    );
    counts[name] = row?.n;
  }
  return counts;
}
