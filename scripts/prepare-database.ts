import postgres from 'postgres';
import { deriveKey } from '@/lib/auth/secrets';
import { migrate } from '@/lib/db/migrate';
import { migrateQueue } from '@/lib/jobs/queue';
import { CannotStart, codeOf } from './cannot-start';
import { connectProblem } from './connect-problem';

const oldestVersion = 15;

/** What an administrator's role of ours says of itself, so that no role of somebody else's is ever changed. */
const remark =
  'Made by Posthaste for itself: it can neither bypass row-level security nor make others that can.';

const embeddedRole = 'posthaste';

type Role = { name: string; bypasses: boolean; creates: boolean };

const connect = (url: string) => postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });

async function roleOf(sql: postgres.Sql): Promise<Role> {
  const [role] = await sql<Role[]>`
    select r.rolname as name, r.rolsuper or r.rolcreaterole as creates,
      exists (select from pg_roles s where (s.rolsuper or s.rolbypassrls) and pg_has_role(r.oid, s.oid, 'MEMBER')) as bypasses
    from pg_roles r where r.rolname = current_user`;
  if (!role) throw new Error('a session has a role');
  return role;
}

async function checkVersion(sql: postgres.Sql): Promise<void> {
  const [row] = await sql<
    { version: number }[]
  >`select current_setting('server_version_num')::int as version`;
  const major = Math.floor((row?.version ?? 0) / 10_000);
  if (major < oldestVersion)
    throw new CannotStart(
      `DATABASE_URL leads to PostgreSQL ${major}, and Posthaste needs ${oldestVersion} or newer: upgrade the server, or unset DATABASE_URL to use the embedded one.`,
    );
}

const withRole = (url: string, name: string, password: string, database?: string) => {
  const changed = new URL(url);
  changed.username = encodeURIComponent(name);
  changed.password = encodeURIComponent(password);
  if (database !== undefined) changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
};

const rolePassword = (secret: string) => deriveKey('database-role', secret).toString('base64url');

/** Makes a plain login role, or brings ours up to date. Refuses one of that name which is not ours. */
async function ensureRole(sql: postgres.Sql, name: string, password: string): Promise<void> {
  await sql.begin(async (tx) => {
    const [present] = await tx<{ remark: string | null }[]>`
      select shobj_description(oid, 'pg_authid') as remark from pg_roles where rolname = ${name}`;
    if (present && present.remark !== remark)
      throw new CannotStart(
        `The database server has a role "${name}" that Posthaste did not make. Rename it, or give DATABASE_URL a role that cannot bypass row-level security.`,
      );
    const plain = `login nosuperuser nobypassrls nocreaterole nocreatedb noreplication password '${password}'`;
    await tx.unsafe(`set local log_statement = 'none'`).catch(() => undefined);
    await tx`${tx.unsafe(`${present ? 'alter' : 'create'} role`)} ${tx(name)} ${tx.unsafe(plain)}`;
    await tx`comment on role ${tx(name)} is ${tx.unsafe(`'${remark}'`)}`;
  });
}

/** In the embedded server: the role and database "posthaste". Answers the address at which the app connects. */
export async function prepareEmbedded(superuserUrl: string, secret: string): Promise<string> {
  const sql = connect(superuserUrl);
  try {
    const password = rolePassword(secret);
    await ensureRole(sql, embeddedRole, password);
    const present = await sql`select from pg_database where datname = 'posthaste'`;
    if (present.length === 0) await sql`create database posthaste owner posthaste`;
    return embeddedAddress(superuserUrl, password);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const embeddedAddress = (superuserUrl: string, password: string) =>
  withRole(superuserUrl, embeddedRole, password, 'posthaste');

/**
 * Where the app connects, if an earlier start has prepared that; else undefined. It changes nothing, so that a command under
 * another APP_SECRET cannot lock out the app that runs.
 */
export async function preparedEmbedded(superuserUrl: string, secret: string): Promise<string | undefined> {
  const sql = connect(superuserUrl);
  try {
    return await letsIn(sql, embeddedRole, embeddedAddress(superuserUrl, rolePassword(secret)));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The same on a server of one's own. */
export async function preparedGiven(url: string, secret: string): Promise<string | undefined> {
  const sql = connect(url);
  try {
    await checkVersion(sql);
    const role = await roleOf(sql);
    if (!role.bypasses) return url;
    const name = await appRoleName(sql);
    return await letsIn(sql, name, withRole(url, name, rolePassword(secret)));
  } catch (error) {
    throw error instanceof CannotStart ? error : connectProblem(url, error);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The address, if its role and database exist and the role is let in. */
async function letsIn(sql: postgres.Sql, role: string, address: string): Promise<string | undefined> {
  const database = decodeURIComponent(new URL(address).pathname.slice(1));
  const found =
    await sql`select from pg_roles, pg_database where rolname = ${role} and datname = ${database}`;
  if (found.length === 0) return undefined;
  const asApp = connect(address);
  try {
    await asApp`select 1`;
    return address;
  } catch (error) {
    if (codeOf(error) !== '28P01') throw error;
    throw new CannotStart(
      'APP_SECRET is not the one with which Posthaste was started last. Set the same one (and the same DATA_DIR), or start Posthaste once with this one.',
    );
  } finally {
    await asApp.end({ timeout: 5 });
  }
}

/**
 * On a server of one's own: checks it, and answers the address at which the app connects: DATABASE_URL itself, or, when
 * its role could bypass row-level security, the same with a role made for the app.
 */
export async function prepareGiven(url: string, secret: string): Promise<string> {
  const sql = connect(url);
  try {
    await checkVersion(sql);
    const role = await roleOf(sql);
    if (!role.bypasses) {
      await checkGrants(sql, role.name);
      return url;
    }
    return await appRole(sql, url, role, rolePassword(secret));
  } catch (error) {
    throw error instanceof CannotStart ? error : connectProblem(url, error);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function appRoleName(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ name: string }[]>`select left(current_database(), 59) || '_app' as name`;
  return row?.name ?? '';
}

async function appRole(sql: postgres.Sql, url: string, admin: Role, password: string): Promise<string> {
  const [row] = await sql<{ database: string }[]>`select current_database() as database`;
  const database = row?.database ?? '';
  const name = await appRoleName(sql);
  if (!admin.creates)
    throw new CannotStart(
      `The role "${admin.name}" of DATABASE_URL can bypass row-level security, and cannot make one for the app that does not. Make one: create role ${name} login password '…'; grant create on database "${database}" to ${name}; grant usage, create on schema public to ${name}; and use it in DATABASE_URL.`,
    );
  await ensureRole(sql, name, password);
  await sql`grant connect, create, temporary on database ${sql(database)} to ${sql(name)}`;
  await sql`grant usage, create on schema public to ${sql(name)}`;
  const changed = withRole(url, name, password);
  const asApp = connect(changed);
  try {
    const role = await roleOf(asApp);
    if (role.bypasses)
      throw new CannotStart(
        `The role "${name}" has been made a member of one that bypasses row-level security: revoke that.`,
      );
  } finally {
    await asApp.end({ timeout: 5 });
  }
  return changed;
}

async function checkGrants(sql: postgres.Sql, role: string): Promise<void> {
  const [row] = await sql<{ database: string; grants: boolean }[]>`
    select current_database() as database,
      has_database_privilege(current_database(), 'CREATE') and has_schema_privilege('public', 'CREATE') as grants`;
  if (row?.grants) return;
  throw new CannotStart(
    `The role "${role}" of DATABASE_URL may not make tables in "${row?.database}". As its owner run: grant create on database "${row?.database}" to "${role}"; grant usage, create on schema public to "${role}";`,
  );
}

/** Brings tables and queues up to date. */
export async function migrateAll(url: string): Promise<void> {
  await migrate(url);
  await migrateQueue(url);
}
