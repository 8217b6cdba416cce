import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, stat, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { makeCertificate } from '@/lib/testing-certificate';
import { migrateAll, prepareEmbedded, prepareGiven } from './prepare-database';

const { server } = inject('postgres');
const secret = 'x'.repeat(32);
const database = `own_${randomBytes(6).toString('hex')}`;
const plainRole = `${database}_plain`;
const admin = postgres(server, { max: 1, onnotice: () => undefined });

const at = (changes: { username?: string; password?: string; database?: string; port?: string }) => {
  const url = new URL(server);
  if (changes.username !== undefined) url.username = changes.username;
  if (changes.password !== undefined) url.password = changes.password;
  if (changes.port !== undefined) url.port = changes.port;
  const [name, query = ''] = (changes.database ?? database).split('?');
  url.pathname = `/${name}`;
  url.search = query;
  return url.href;
};

async function roleAt(url: string) {
  const sql = postgres(url, { max: 1 });
  const [row] = await sql`
    select current_user as name, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
    from pg_roles where rolname = current_user`;
  const climb = await sql.unsafe('set role postgres').then(
    () => 'became superuser',
    () => 'refused',
  );
  await sql.end();
  return { ...row, climb };
}

const powerless = {
  rolsuper: false,
  rolbypassrls: false,
  rolcreaterole: false,
  rolcreatedb: false,
  rolreplication: false,
  climb: 'refused',
};

beforeAll(async () => {
  await admin.unsafe(`create database ${database}`);
  await admin.unsafe(`create role ${plainRole} login password 'plain'`);
});
afterAll(async () => {
  await admin.end();
});

test('a superuser in DATABASE_URL is exchanged for a role that can do nothing special, and that can migrate', async () => {
  const url = await prepareGiven(at({}), secret);
  expect(await roleAt(url)).toEqual({ name: `${database}_app`, ...powerless });
  await migrateAll(url);
  await expect(prepareGiven(at({}), secret)).resolves.toBe(url);
  await expect(prepareGiven(at({}), 'y'.repeat(32))).resolves.not.toBe(url); // a new secret gives a new password
});

test('the embedded server gets a role and a database of their own', async () => {
  const url = await prepareEmbedded(server, secret);
  expect(new URL(url).pathname).toBe('/posthaste');
  expect(await roleAt(url)).toEqual({ name: 'posthaste', ...powerless });
  await expect(prepareEmbedded(server, secret)).resolves.toBe(url);
});

test('a role of that name which is somebody else’s is left alone', async () => {
  const other = `${database}_b`;
  await admin.unsafe(`create database ${other}`);
  await admin.unsafe(`create role ${other}_app login password 'theirs'`);
  await expect(prepareGiven(at({ database: other }), secret)).rejects.toThrow(/that Posthaste did not make/);
  expect(await roleAt(at({ username: `${other}_app`, password: 'theirs' }))).toMatchObject({
    name: `${other}_app`,
  });
});

test('an ordinary role is used as it is once it may make tables', async () => {
  const url = at({ username: plainRole, password: 'plain' });
  await expect(prepareGiven(url, secret)).rejects.toThrow(/may not make tables.*grant create on database/);
  await admin.unsafe(`grant create on database ${database} to ${plainRole}`);
  const inside = postgres(at({}), { max: 1 });
  await inside.unsafe(`grant usage, create on schema public to ${plainRole}`);
  await inside.end();
  await expect(prepareGiven(url, secret)).resolves.toBe(url);
});

test('a role that bypasses row-level security and cannot make another is refused', async () => {
  await admin.unsafe(`create role ${plainRole}_by login password 'plain' bypassrls`);
  const url = at({ username: `${plainRole}_by`, password: 'plain' });
  await expect(prepareGiven(url, secret)).rejects.toThrow(
    /can bypass row-level security, and cannot make one/,
  );
});

test.each([
  ['the wrong password', { password: 'wrong' }, /refuses the password of "postgres"/],
  ['a missing database', { database: 'nowhere' }, /there is no database "nowhere"/],
  ['a closed port', { port: '1' }, /nothing answers at 127\.0\.0\.1:1\./],
  [
    'a URL without a database',
    { database: '', username: plainRole, password: 'plain' },
    /lacks the user or the database/,
  ],
  ['TLS that the server does not offer', { database: 'postgres?sslmode=require' }, /take \?sslmode away/],
])('%s is told in one line without the password', async (_, changes, sentence) => {
  const url = at(changes);
  const error: unknown = await prepareGiven(url, secret).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(sentence);
  expect(String(error)).not.toContain('\n');
  expect(String(error)).not.toContain(new URL(url).password);
});

/** What the server says to whoever asks for encryption: S or N (PostgreSQL's SSLRequest). */
async function answerToTls({ hostname, port }: URL): Promise<string> {
  const socket = createConnection(Number(port), hostname);
  try {
    socket.write(Buffer.from('0000000804d2162f', 'hex'));
    const [answer] = await once(socket, 'data');
    return String(answer);
  } finally {
    socket.destroy();
  }
}

test('?sslmode=require encrypts whatever the certificate, verify-full checks it: for tables and queues alike', async () => {
  const [row] = await admin<{ data: string }[]>`select current_setting('data_directory') as data`;
  const data = row?.data ?? '';
  const { uid, gid } = await stat(data);
  const { key, cert } = makeCertificate({ name: 'db.example.com' });
  for (const [name, content] of [
    ['server.key', key],
    ['server.crt', cert],
  ] as const) {
    await writeFile(join(data, name), content, { mode: 0o600 });
    await chown(join(data, name), uid, gid);
  }
  await admin.unsafe('alter system set ssl = on');
  await admin`select pg_reload_conf()`;
  await expect.poll(async () => (await admin`show ssl`)[0]).toEqual({ ssl: 'on' });

  // The process that takes connections may read its settings later than the session that was asked.
  const require = at({ database: `${database}?sslmode=require` });
  await expect.poll(() => answerToTls(new URL(require)), { timeout: 20_000 }).toBe('S');
  const encrypted = await vi.waitFor(() => prepareGiven(require, secret), { timeout: 20_000 });
  expect(new URL(encrypted).searchParams.get('sslmode')).toBe('require');
  await migrateAll(encrypted);
  const sql = postgres(encrypted, { max: 1 });
  expect(await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`).toEqual([{ ssl: true }]);
  await sql.end();
  await expect(prepareGiven(at({ database: `${database}?sslmode=verify-full` }), secret)).rejects.toThrow(
    /the certificate of 127\.0\.0\.1:\d+ is not trusted/,
  );
}, 90_000);
