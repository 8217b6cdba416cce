import { Worker } from 'node:worker_threads';
import postgres from 'postgres';
import { afterAll, expect, test, vi } from 'vitest';
import { required } from '../env';
import { endStandingSessions } from './standing-sessions';

const address = required('DATABASE_URL');
const standing: Worker[] = [];
const clients: postgres.Sql[] = [];
const connect = (name: string) => {
  const client = postgres(address, { max: 1, connection: { application_name: name } });
  clients.push(client);
  return client;
};
const watcher = connect('watcher');

afterAll(async () => {
  await Promise.all(standing.map((thread) => thread.terminate()));
  await Promise.all(clients.map((client) => client.end({ timeout: 0 })));
});

/** What the server says of a session, by the number that its transaction has locked. */
const sessionOf = async (lock: number) => {
  const [session] = await watcher`
    select a.state, a.wait_event from pg_stat_activity a join pg_locks l using (pid)
    where l.locktype = 'advisory' and l.granted and l.objid = ${lock}`;
  return session && { ...session };
};

/** A process that locks something, sends half of a statement, and then does nothing at all. */
async function standStill(lock: number, name: string): Promise<void> {
  const program = `
    const { address, lock, name } = require('node:worker_threads').workerData;
    const connection = { application_name: name };
    const sql = require('postgres')(address, { max: 1, fetch_types: false, prepare: false, connection });
    sql.begin(async (tx) => {
      await tx\`select pg_advisory_xact_lock(\${lock})\`;
      tx\`select \${'half'}::text\`.execute();
      setImmediate(() => setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)));
    });`;
  standing.push(new Worker(program, { eval: true, workerData: { address, lock, name } }));
  const halfway = { state: 'active', wait_event: 'ClientRead' };
  await vi.waitFor(async () => expect(await sessionOf(lock)).toEqual(halfway), { timeout: 10_000 });
}

test('who stands still in the middle of a statement is cut off; who works, or is somebody else, is not', async () => {
  await standStill(1, 'posthaste');
  await standStill(2, 'another program');
  const working = connect('posthaste');
  working`select pg_advisory_lock(3), pg_sleep(600)`.execute().catch(() => undefined);
  await vi.waitFor(async () => expect(await sessionOf(3)).toMatchObject({ wait_event: 'PgSleep' }));
  const between = await connect('posthaste').reserve();
  await between`begin`;
  await between`select pg_advisory_xact_lock(4)`;

  expect(await endStandingSessions(600)).toBe(0);
  expect(await endStandingSessions(0)).toBe(1);

  await vi.waitFor(async () => expect(await sessionOf(1)).toBeUndefined());
  expect(await sessionOf(2)).toEqual({ state: 'active', wait_event: 'ClientRead' });
  expect(await sessionOf(3)).toMatchObject({ wait_event: 'PgSleep' });
  expect(await sessionOf(4)).toMatchObject({ state: 'idle in transaction' });
});
