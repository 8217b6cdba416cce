import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import { type Finding, fault, found } from './doctor-finding';

const mostSkewSeconds = 5;

const Journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

/** Looks at the database as the app's own role. `canGoOn`: its tables are there. */
export async function examineDatabase(url: string): Promise<{ findings: Finding[]; canGoOn: boolean }> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const where = found('Database', `PostgreSQL ${await versionOf(sql)} on ${new URL(url).host}`);
    const clock = await examineClock(sql);
    const migrations = await examineMigrations(sql);
    if (!migrations.ok) return { findings: [where, clock, migrations], canGoOn: false };
    const role = await examineRole(sql);
    return { findings: [where, clock, migrations, role, await examineWorker(sql)], canGoOn: true };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function versionOf(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`;
  return row?.version ?? '';
}

async function examineClock(sql: postgres.Sql): Promise<Finding> {
  const before = Date.now();
  const [row] = await sql<
    { ms: number }[]
  >`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`;
  const skew = ((row?.ms ?? 0) - (before + Date.now()) / 2) / 1000;
  const says = `${Math.abs(skew).toFixed(1)} s apart from the database's`;
  return Math.abs(skew) <= mostSkewSeconds
    ? found('Clock', says)
    : fault('Clock', says, 'Let both machines set their clocks by NTP (e.g. timedatectl set-ntp true).');
}

async function examineMigrations(sql: postgres.Sql): Promise<Finding> {
  const check = 'Migrations';
  const { entries } = Journal.parse(
    JSON.parse(readFileSync(join('drizzle', 'meta', '_journal.json'), 'utf8')),
  );
  const [there] = await sql<{ ours: boolean; queue: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as ours, to_regclass('pgboss.job') is not null as queue`;
  const start = 'Start Posthaste (npm start), which brings the tables up to date.';
  if (!there?.ours || !there.queue) return fault(check, 'the tables are not there', start);
  const [row] = await sql<
    { last: string }[]
  >`select max(created_at) as last from drizzle.__drizzle_migrations`;
  const last = Number(row?.last ?? 0);
  const missing = entries.filter(({ when }) => when > last).length;
  if (missing > 0) return fault(check, `${missing} of ${entries.length} are not applied`, start);
  return entries.some(({ when }) => when === last)
    ? found(check, `all ${entries.length} are applied`)
    : fault(check, 'the database is of a newer version than this program', 'Update the program (git pull).');
}

/** That a query which forgets its workspace sees no other: the role cannot bypass that, and no table leaves it out. */
async function examineRole(sql: postgres.Sql): Promise<Finding> {
  const check = 'Row-level security';
  const [role] = await sql<{ name: string; bypasses: boolean }[]>`
    select current_user as name, exists (select from pg_roles s
      where (s.rolsuper or s.rolbypassrls) and pg_has_role(current_user, s.oid, 'MEMBER')) as bypasses`;
  if (role?.bypasses)
    return fault(
      check,
      `the role "${role.name}" can bypass it`,
      'Take SUPERUSER, BYPASSRLS and membership in such roles from it, or give DATABASE_URL an ordinary role.',
    );
  const open = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
      and not (c.relrowsecurity and c.relforcerowsecurity)`;
  if (open.length === 0)
    return found(check, `the role "${role?.name}" cannot bypass it, and every table has it`);
  const names = open.map(({ name }) => name);
  return fault(
    check,
    `it is off for ${names.join(', ')}`,
    names.map((name) => `alter table ${name} enable row level security, force row level security;`).join(' '),
  );
}

async function examineWorker(sql: postgres.Sql): Promise<Finding> {
  const [row] = await sql<{ alive: number; ago: string | null }[]>`
    select count(*) filter (where seen_at > now() - interval '30 seconds')::int as alive,
      to_char(max(seen_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as ago from workers`;
  if (row && row.alive > 0)
    return found('Worker', row.alive === 1 ? 'one is alive' : `${row.alive} are alive`);
  return fault(
    'Worker',
    row?.ago ? `none has been seen since ${row.ago}` : 'none has been seen',
    'Start Posthaste (npm start). If it runs, see in its log why the worker ends.',
  );
}
