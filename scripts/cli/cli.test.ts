import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenScope } from '@/lib/auth/principals';
import { mintSystemScope, userOf } from '@/lib/auth/scope';
import { findSession, signIn } from '@/lib/auth/sign-in';
import { corpusMessage } from '@/lib/bounces/testing-corpus';
import { launchNow, ledger, testCampaign, testList } from '@/lib/campaigns/testing';
import { unsafeDatabase } from '@/lib/db/client';
import { apiKeys } from '@/lib/db/schema/access';
import { users } from '@/lib/db/schema/accounts';
import { providerReports } from '@/lib/db/schema/deliveries';
import { auditLog, workers } from '@/lib/db/schema/operation';
import { senders } from '@/lib/db/schema/senders';
import { members, workspaces } from '@/lib/db/schema/workspaces';
import { inScope } from '@/lib/db/scoped';
import { processAllReports } from '@/lib/deliveries/reports';
import { DeliveryId, newId, SenderId, UserId, WorkspaceId } from '@/lib/ids';
import { createList } from '@/lib/lists/lists';
import { testWorkspace } from '@/lib/workspaces/testing';
import { bundle } from '../bundle.mjs';
import { claimDataDirectory, keptSecret, openDataDirectory } from '../data-directory';
import { startPostgres } from '../embedded-postgres';
import { migrateAll, prepareEmbedded } from '../prepare-database';
import { isAlive } from '../processes.mjs';

/* The commands as they are typed: what they print, how they end, and what is different afterwards. */

const bundled = join('node_modules', '.cache', `cli-test-${process.pid}`);
const root = await mkdtemp(join(tmpdir(), 'posthaste-cli-'));
beforeAll(() => bundle(bundled));
afterAll(async () => {
  await rm(bundled, { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
});

type Said = { code: number; out: string; err: string };
type Environment = Record<string, string | undefined>;

async function run(file: string, args: string[], environment: Environment, input = ''): Promise<Said> {
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...environment } });
  child.stdin.on('error', () => undefined); // nobody reads it
  child.stdin.end(input);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

/** On the database of this test file. */
const cli = (...args: string[]) => run(join(bundled, 'cli.js'), args, {});

/** On an embedded database of its own. */
const alone = (directory: string): Environment => ({
  DATABASE_URL: undefined,
  APP_SECRET: undefined,
  DATA_DIR: directory,
});

const Uuid = /^[0-9a-f-]{36}\n$/;
const Key = /^ph_[\w-]{54}\n$/;

const refusal = (code: number, sentence: RegExp) => ({ code, out: '', err: expect.stringMatching(sentence) });

async function faultsOf(said: Promise<Said>): Promise<string[]> {
  const { out } = await said;
  const { findings }: { findings: { ok: boolean; check: string }[] } = JSON.parse(out);
  return findings.filter(({ ok }) => !ok).map(({ check }) => check);
}

test('with the app stopped: an owner, a second workspace and a key, from an empty directory', async () => {
  const environment = alone(join(root, 'fresh'));
  // As npm runs it, preparing what is missing.
  const made = await run(
    'scripts/cli.mjs',
    ['setup', '--email', 'ann.owner@example.com', '--password', 'a long password'],
    environment,
  );
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(Uuid) });
  const here = (...args: string[]) => run(join(bundled, 'cli.js'), args, environment);
  expect(await here('setup', '--email', 'b@example.com', '--password', 'a long password')).toEqual(
    refusal(1, /already set up/),
  );
  const second = await here('workspace', 'create', '--name', 'Two', '--owner', 'Ann.Owner@example.com');
  expect(second).toMatchObject({ code: 0, out: expect.stringMatching(Uuid), err: '' });
  expect(second.out).not.toBe(made.out);
  const [first, other] = [
    await here('api-key', 'create', '--name', 'Shop', '--json'),
    await here('api-key', 'create', '--name', 'Shop', '--workspace', second.out.trim()),
  ];
  expect(JSON.parse(first.out)).toMatchObject({ workspaceId: made.out.trim(), role: 'owner' });
  expect(other).toMatchObject({ code: 0, out: expect.stringMatching(Key), err: '' });
  expect(await faultsOf(here('doctor', '--json'))).toEqual(['Worker']);
  const left = await readdir(join(root, 'fresh'));
  expect(left).not.toContain('running.json');
  expect(existsSync(join(root, 'fresh', 'postgres', 'data', 'postmaster.pid'))).toBe(false);
}, 120_000);

test('while the app runs: a command works on its database and leaves it running, and no other secret locks it out', async () => {
  const directory = join(root, 'running');
  await openDataDirectory(directory);
  const place = await claimDataDirectory(directory, 'http://localhost:3000');
  const server = await startPostgres(join(directory, 'postgres'));
  try {
    const url = await prepareEmbedded(server.url, await keptSecret(directory));
    await migrateAll(url);
    const here = (environment: Environment, ...args: string[]) =>
      run(join(bundled, 'cli.js'), args, { ...alone(directory), ...environment });
    const setup = ['setup', '--email', 'ann@example.com', '--password', 'a long password'];
    expect(await here({ APP_SECRET: 'y'.repeat(32) }, ...setup)).toEqual(
      refusal(1, /^APP_SECRET is not the one/),
    );
    expect(await here({}, ...setup)).toMatchObject({ code: 0, out: expect.stringMatching(Uuid) });
    expect(await faultsOf(here({}, 'doctor', '--json'))).toEqual(['Worker']);
    expect(isAlive(server.process)).toBe(true);
    expect(existsSync(join(directory, 'running.json'))).toBe(true);
    await expect(prepareEmbedded(server.url, await keptSecret(directory))).resolves.toBe(url);
  } finally {
    await server.stop();
    place.release();
  }
}, 120_000);

describe('setup', () => {
  test('says for the machine what nobody said', async () => {
    const { out, code } = await cli(
      ...['setup', '--email', 'Mary-Jane.o@example.com', '--password', 'a long password', '--json'],
    );
    expect(code).toBe(0);
    const id = WorkspaceId.parse(JSON.parse(out).workspaceId);
    const db = unsafeDatabase();
    expect(await db.select().from(users)).toMatchObject([
      { name: 'Mary Jane O', email: 'mary-jane.o@example.com' },
    ]);
    const [made] = await db.select().from(workspaces).where(eq(workspaces.id, id));
    expect(made).toMatchObject({ name: 'Mary Jane O', postalAddress: 'Not set yet' });
    expect(made?.country).toMatch(/^[A-Z]{2}$/);
    const answer = await signIn({
      ...{
        email: 'mary-jane.o@example.com',
        password: 'a long password',
        address: '192.0.2.1',
        userAgent: null,
      },
    });
    expect(answer.ok).toBe(true);
  });

  test.each([
    [['setup', '--email', 'ann', '--password', 'a long password'], /^--email is not right: .+\n$/],
    [['setup', '--email', 'a@example.com', '--password', 'short'], /^--password is not right: .+\n$/],
    [['setup', '--email', 'a@example.com'], /^--password is missing: .+\n$/],
    [['setup', '--mail', 'a@example.com'], /^Unknown option '--mail': .+\n$/],
    [['setup', 'now'], /^Unexpected argument 'now': .+\n$/],
    [['set', 'up'], /^There is no command "set up": .+\n$/],
    [[], /^Name a command: .+\n$/],
    [['api-key', 'create', '--name', 'K', '--lists', 'all'], /^--lists is not right: .+\n$/],
    [['api-key', 'create', '--name', 'K', '--role', 'root'], /^--role is not right: .+\n$/],
    [
      ['api-key', 'create', '--name', 'K', '--expires-in-days', 'soon'],
      /^--expires-in-days is not right: .+\n$/,
    ],
    [
      ['api-key', 'create', '--name', 'K', '--role', 'owner', '--lists', newId(UserId)],
      /^Only a marketer’s key.+\n$/,
    ],
  ])('%j is told in one sentence', async (args, sentence) => {
    expect(await cli(...args)).toEqual(refusal(2, sentence));
  });
});

test('every command explains itself', async () => {
  const { code, out } = await cli('--help');
  expect(code).toBe(0);
  for (const name of ['setup', 'workspace create', 'api-key create', 'password reset', 'bounces', 'doctor']) {
    expect(out).toContain(`  ${name} `);
    expect((await cli(...name.split(' '), '--help')).out).toContain(`npm run cli -- ${name} [options]`);
  }
}, 120_000); // seven processes, one after the other

test('a workspace is made for nobody who has no account', async () => {
  const before = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  expect(await cli('workspace', 'create', '--name', 'W', '--owner', 'x@example.com')).toEqual(
    refusal(1, /Nobody here has the address/),
  );
  expect(await unsafeDatabase().select({ id: workspaces.id }).from(workspaces)).toEqual(before);
});

describe('api-key create', () => {
  test('gives a key the lists that are named, send where nothing is said, and nothing of another workspace', async () => {
    const { scope } = await testWorkspace();
    const made = [await createList(scope, { name: 'A' }), await createList(scope, { name: 'B' })];
    const [a, b] = made.map((list) => (list.ok ? list.value.id : expect.fail()));
    const base = ['api-key', 'create', '--name', 'Shop', '--workspace', scope.workspaceId];
    const { out, err } = await cli(...base, '--lists', `${a},${b}:view`, '--expires-in-days', '30');
    expect([out, err]).toEqual([expect.stringMatching(Key), '']);
    expect(await tokenScope(out.trim(), null)).toMatchObject({
      workspaceId: scope.workspaceId,
      by: { role: 'marketer' },
      lists: new Map([
        [a, 'send'],
        [b, 'view'],
      ]),
    });
    const foreign = (await testWorkspace()).scope.workspaceId;
    const wrong = ['api-key', 'create', '--name', 'X', '--workspace', foreign, '--lists', `${a}`];
    expect(await cli(...wrong)).toEqual(refusal(1, /list does not exist/));
    const unknown = ['api-key', 'create', '--name', 'X', '--workspace', newId(WorkspaceId)];
    expect(await cli(...unknown)).toEqual(refusal(1, /workspace does not exist/));
    const keys = await inScope(mintSystemScope(foreign), (tx) => tx.select().from(apiKeys));
    expect(keys).toEqual([]);
    const hash = createHash('sha256').update(out.trim()).digest();
    const [kept] = await inScope(scope, (tx) => tx.select().from(apiKeys).where(eq(apiKeys.tokenHash, hash)));
    expect(kept?.expiresAt).toBeInstanceOf(Date);
  });
});

test('password reset lets somebody in anew and out of everywhere, and every workspace of theirs knows', async () => {
  const { scope } = await testWorkspace();
  const second = (await testWorkspace()).scope;
  const userId = userOf(scope) ?? expect.fail();
  await inScope(second, (tx) =>
    tx.insert(members).values({ workspaceId: second.workspaceId, userId, role: 'viewer' }),
  );
  const email = `${userId}@example.com`;
  const input = { email, address: '192.0.2.1', userAgent: null };
  const first = await cli('password', 'reset', '--email', email.toUpperCase());
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^[\w-]{20}\n$/) });
  const session = await signIn({ ...input, password: first.out.trim() });
  if (!session.ok) throw new Error(session.problem.message);

  const chosen = await cli('password', 'reset', '--email', email, '--password', 'chosen by hand');
  expect(chosen).toMatchObject({ code: 0, out: '' });
  expect(await findSession(session.value.id)).toBeUndefined();
  expect((await signIn({ ...input, password: first.out.trim() })).ok).toBe(false);
  expect((await signIn({ ...input, password: 'chosen by hand' })).ok).toBe(true);
  for (const each of [scope, second]) {
    const entries = await inScope(each, (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.action, 'member.password_reset')),
    );
    expect(entries).toMatchObject([{ userId: null, targetId: userId }, { targetId: userId }]);
  }
  expect(await cli('password', 'reset', '--email', 'x@example.com')).toEqual(refusal(1, /Nobody here/));
});

describe('doctor', () => {
  const doctor = () => cli('doctor', '--json');
  beforeAll(async () => {
    // What a worker does every few seconds.
    await unsafeDatabase()
      .insert(workers)
      .values({ id: newId(UserId), seenAt: sql`now() + interval '1 hour'` });
  });

  test('finds nothing where nothing is wrong', async () => {
    const said = await cli('doctor');
    expect(said).toMatchObject({ code: 0, out: expect.stringMatching(/^ok {5}Node\.js/) });
    expect(said.out).toMatch(/\nAll is well\.\n$/);
    expect(said.out).not.toContain('FAULT');
  });

  test('finds senders whose server is gone or whose settings cannot be read, and says how to mend it', async () => {
    const { scope } = await testWorkspace('Broken');
    const probe = createServer();
    probe.listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    probe.close();
    const { encrypt } = await import('@/lib/auth/secrets');
    const sender = {
      workspaceId: scope.workspaceId,
      provider: 'smtp' as const,
      fromName: 'B',
      fromEmail: 'b@example.com',
    };
    const rows = [
      {
        name: 'Gone',
        config: encrypt('provider-config', JSON.stringify({ url: `smtp://127.0.0.1:${port}` })),
      },
      { name: 'Sealed', config: 'v1.AAAA.AAAA.AAAA' },
    ].map((row) => ({ ...sender, ...row, id: newId(SenderId) }));
    await inScope(scope, (tx) => tx.insert(senders).values(rows));
    const said = await cli('doctor');
    expect(said.code).toBe(1);
    expect(said.out).toMatch(/FAULT {2}Sender “Gone” of “Broken”: .+\n {7}Correct it under Settings/);
    expect(said.out).toMatch(/FAULT {2}Sender “Sealed” of “Broken”: .*APP_SECRET/);
    // What the DNS says, if it says anything, is advice: it keeps nothing from working.
    expect(said.out).toMatch(/\n(?:advice|ok {4}) SPF of example\.com: /);
    expect(said.out).toMatch(/\n2 faults\.\n$/);
    const ofBroken = and(eq(senders.workspaceId, scope.workspaceId), eq(senders.provider, 'smtp'));
    await inScope(scope, (tx) => tx.delete(senders).where(ofBroken));
  });

  test.each([
    [
      'Row-level security',
      sql`alter table lists no force row level security`,
      sql`alter table lists force row level security`,
    ],
    [
      'Worker',
      sql`update workers set seen_at = now() - interval '31 seconds'`,
      sql`update workers set seen_at = now() + interval '1 hour'`,
    ],
    [
      'Migrations',
      sql`update drizzle.__drizzle_migrations set created_at = created_at - 1`,
      sql`update drizzle.__drizzle_migrations set created_at = created_at + 1`,
    ],
    [
      'Migrations',
      sql`update drizzle.__drizzle_migrations set created_at = created_at + 1`,
      sql`update drizzle.__drizzle_migrations set created_at = created_at - 1`,
    ],
  ])('finds what is wrong with %s', async (check, breaks, mends) => {
    await unsafeDatabase().execute(breaks);
    expect(await faultsOf(doctor())).toEqual([check]);
    await unsafeDatabase().execute(mends);
    expect(await faultsOf(doctor())).toEqual([]);
  });

  test('looks at an empty place without making anything there', async () => {
    const directory = join(root, 'nothing');
    const said = await run(join(bundled, 'cli.js'), ['doctor', '--json'], alone(directory));
    expect(said.code).toBe(1);
    expect(await faultsOf(Promise.resolve(said))).toEqual(['DATA_DIR', 'APP_SECRET']);
    expect(existsSync(directory)).toBe(false);
  });

  test('tells a secret that others can read, a wrong variable, and a database that does not answer', async () => {
    const directory = join(root, 'secret');
    await openDataDirectory(directory);
    await writeFile(join(directory, 'secret'), 'x'.repeat(64));
    await chmod(join(directory, 'secret'), 0o644);
    const at = (environment: Environment) =>
      faultsOf(run(join(bundled, 'cli.js'), ['doctor', '--json'], { ...alone(directory), ...environment }));
    expect(await at({})).toEqual(['APP_SECRET', 'Database']);
    await chmod(join(directory, 'secret'), 0o600);
    expect(await at({ PORT: 'high' })).toEqual(['Settings']);
    expect(await at({ DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' })).toEqual(['Database']);
  });
});

describe('bounces', () => {
  const piped = (input: string) => run(join(bundled, 'cli.js'), ['bounces'], {}, input);

  test('keeps once what a message on standard input tells of one of ours', async () => {
    const { scope, senderId } = await testWorkspace();
    await testWorkspace();
    const { listId } = await testList(scope, [{ email: 'ann@example.com' }]);
    const campaignId = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, campaignId);
    const [row] = await ledger(scope, campaignId);
    const message = corpusMessage('exim-no-such-user', row?.id ?? '').toString('latin1');
    for (let n = 0; n < 2; n++)
      expect(await piped(message)).toEqual({ code: 0, out: `${row?.id} bounced\n`, err: '' });
    const kept = await inScope(scope, (tx) => tx.select().from(providerReports));
    expect(kept).toHaveLength(1);
    await processAllReports(scope);
    expect((await ledger(scope, campaignId))[0]?.bouncedAt).not.toBeNull();
    const told = corpusMessage('exim-no-such-user', newId(DeliveryId)).toString('latin1');
    expect(await piped(told)).toEqual(refusal(1, /in no ledger here/));
  }, 60_000);

  test('says in one sentence that something is none', async () => {
    expect(await piped('Subject: hello\r\n\r\nHello')).toEqual(refusal(1, /^This is no report/));
    expect(await piped('')).toEqual(refusal(1, /^Nothing came in/));
  });

  test('lets the mail server try again while there is no database', async () => {
    const away = { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' };
    const message = corpusMessage('exim-no-such-user', newId(DeliveryId)).toString('latin1');
    const said = await run(join(bundled, 'cli.js'), ['bounces'], away, message);
    expect(said).toEqual(refusal(75, /^It could not be kept now/));
  });
});
