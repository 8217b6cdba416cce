import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, count, eq, gt, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Scope } from '@/lib/auth/scope';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { scheduleCampaign } from '@/lib/campaigns/schedule';
import { sendCampaign } from '@/lib/campaigns/send';
import { ledger, testCampaign, testList, unthrottle } from '@/lib/campaigns/testing';
import { unsafeDatabase } from '@/lib/db/client';
import { sandboxMessages } from '@/lib/db/schema/deliveries';
import { instance, workers } from '@/lib/db/schema/operation';
import { senders } from '@/lib/db/schema/senders';
import { inScope } from '@/lib/db/scoped';
import { env } from '@/lib/env';
import type { CampaignId, SenderId } from '@/lib/ids';
import { findImport } from '@/lib/imports/imports';
import { started } from '@/lib/imports/testing';
import { supervise } from '@/lib/jobs/definitions';
import { enqueue } from '@/lib/jobs/queue';
import { testWorkspace } from '@/lib/workspaces/testing';

const running = new Set<ChildProcess>();

async function startWorker(): Promise<ChildProcess> {
  const worker = fork('worker/main.ts', {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(worker);
  const [message] = await once(worker, 'message');
  expect(message).toEqual({ ready: true });
  return worker;
}

/** Its exit code, or the signal that ended it. */
async function end(worker: ChildProcess, how: NodeJS.Signals | 'disconnect'): Promise<unknown> {
  const exited = once(worker, 'exit');
  if (how === 'disconnect') worker.disconnect();
  else worker.kill(how);
  const [code, signal] = await exited;
  running.delete(worker);
  return code ?? signal;
}

afterEach(async () => {
  for (const worker of running) await end(worker, 'SIGKILL');
});

const slowly = (scope: Scope, senderId: SenderId, perMinute: number) =>
  inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ perMinute })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );

async function sending(people: number, perMinute: number) {
  const { scope, senderId } = await testWorkspace();
  await slowly(scope, senderId, perMinute);
  const { listId } = await testList(scope, people);
  const id = await testCampaign(scope, senderId, [listId]);
  expect(await sendCampaign(scope, id)).toMatchObject({ ok: true });
  return { scope, senderId, id };
}

const alive = () =>
  unsafeDatabase().select().from(workers).where(gt(workers.aliveUntil, sql`clock_timestamp()`));

const arrived = (scope: Scope) =>
  inScope(scope, async (tx) => {
    const [row] = await tx
      .select({ n: count() })
      .from(sandboxMessages)
      .where(eq(sandboxMessages.workspaceId, scope.workspaceId));
    return row?.n ?? 0;
  });

const until = (condition: () => Promise<void>) => vi.waitFor(condition, { timeout: 60_000, interval: 50 });

async function untilCompleted(scope: Scope, id: CampaignId): Promise<void> {
  await until(async () => {
    expect(await findCampaign(scope, id)).toMatchObject({ ok: true, value: { status: 'completed' } });
  });
}

describe('the worker', { timeout: 120_000 }, () => {
  it('removes what a killed upload left', async () => {
    const directory = join(env().DATA_DIR, 'imports');
    const left = join(directory, 'killed.csv.part');
    await mkdir(directory, { recursive: true });
    await writeFile(left, 'email');
    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    await utimes(left, longAgo, longAgo);
    const worker = await startWorker();
    await until(async () => expect(await readdir(directory)).toEqual([]));
    expect(await end(worker, 'SIGTERM')).toBe(0);
  });

  it('drains on SIGTERM with nothing in doubt, and another goes on where it stopped', async () => {
    const { scope, senderId, id } = await sending(70, 120);
    const first = await startWorker();
    expect(await alive()).toHaveLength(1);
    await until(async () => expect(await arrived(scope)).toBeGreaterThan(2));
    const asked = performance.now();
    expect(await end(first, 'SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(20_000);
    expect(await alive()).toHaveLength(0);
    const half = await ledger(scope, id);
    expect(new Set(half.map((row) => row.state))).toEqual(new Set(['sent', 'queued']));
    expect(half.filter((row) => row.state === 'sent')).toHaveLength(await arrived(scope));

    await unthrottle(scope, senderId);
    const others = await Promise.all([startWorker(), startWorker()]);
    await untilCompleted(scope, id);
    const rows = await ledger(scope, id);
    expect(rows.every((row) => row.state === 'sent' && row.attempts === 1)).toBe(true);
    expect(await arrived(scope)).toBe(70);
    expect(await Promise.all(others.map((worker) => end(worker, 'disconnect')))).toEqual([0, 0]);
  });

  it('notices that a backup was restored which was taken just before it ended', async () => {
    const { scope, id } = await sending(70, 120);
    const first = await startWorker();
    await until(async () => expect(await arrived(scope)).toBeGreaterThan(2));
    const [backup] = await unsafeDatabase().select().from(instance);
    expect(await end(first, 'SIGTERM')).toBe(0);
    await unsafeDatabase()
      .update(instance)
      .set({ epoch: backup?.epoch ?? 0 });
    const second = await startWorker();
    expect(await findCampaign(scope, id)).toMatchObject({
      value: { status: 'paused', problem: expect.stringContaining('restored') },
    });
    expect(await end(second, 'SIGTERM')).toBe(0);
  });

  it('sends a scheduled campaign within two seconds of its time, while it sends others', async () => {
    const busy = await sending(600, 6000);
    const worker = await startWorker();
    await until(async () => expect(await arrived(busy.scope)).toBeGreaterThan(20));
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 3);
    const id = await testCampaign(scope, senderId, [listId]);
    const when = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000).toISOString();
    const [date, time] = [when.slice(0, 10), when.slice(11, 19)];
    const scheduled = await scheduleCampaign(scope, id, { date, time, zone: 'UTC', which: null });
    expect(scheduled).toMatchObject({ ok: true });
    await untilCompleted(scope, id);
    const campaign = await findCampaign(scope, id);
    if (!campaign.ok) throw new Error('it is there');
    const lateMs = (campaign.value.startedAt?.getTime() ?? 0) - Date.parse(when);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(2000);
    expect(await arrived(scope)).toBe(3);
    expect(await end(worker, 'SIGTERM')).toBe(0);
  });

  it('looks each minute for what is due, also what has no job', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 2);
    const scheduledAt = new Date(Date.now() - 5000);
    const id = await testCampaign(scope, senderId, [listId], {
      ...{ status: 'scheduled', scheduledAt, scheduledZone: 'UTC' },
    });
    const clock = await unsafeDatabase().execute(
      sql`select cron from pgboss.schedule where name = 'supervise'`,
    );
    expect(clock).toEqual([{ cron: '* * * * *' }]);
    // What the clock writes when a minute is full.
    await inScope(scope, (tx) => enqueue(tx, supervise, [{}]));
    const worker = await startWorker();
    await untilCompleted(scope, id);
    expect(await end(worker, 'SIGTERM')).toBe(0);
  });

  it('gives up an import that it cannot read, says so, and goes on with the next', async () => {
    const { scope } = await testWorkspace();
    const [broken, next] = [
      await started(scope, 'email\nann@example.com\n'),
      await started(scope, 'email\nben@example.com\n'),
    ];
    await inScope(scope, (tx) =>
      tx.execute(
        sql`update imports set settings = jsonb_set(settings, '{encoding}', '"none"') where id = ${broken}`,
      ),
    );
    const worker = await startWorker();
    await until(async () => {
      expect(await findImport(scope, broken)).toMatchObject({
        value: { status: 'failed', created: 0, problem: expect.stringContaining('on our side') },
      });
      expect(await findImport(scope, next)).toMatchObject({ value: { status: 'completed', created: 1 } });
    });
    expect(await end(worker, 'SIGTERM')).toBe(0);
  });

  it('rides out lost database connections without losing or doubling anybody', async () => {
    const { scope, id } = await sending(400, 6000);
    const worker = await startWorker();
    for (const share of [20, 100, 200]) {
      await until(async () => expect(await arrived(scope)).toBeGreaterThan(share));
      await unsafeDatabase().execute(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`);
    }
    await until(async () => {
      const open = (await ledger(scope, id)).filter((row) => ['queued', 'retrying'].includes(row.state));
      expect(open).toHaveLength(0);
    });
    const rows = await ledger(scope, id);
    expect(rows).toHaveLength(400);
    expect(rows.some((row) => row.state === 'failed')).toBe(false);
    const stored = await inScope(scope, (tx) =>
      tx
        .select({ deliveryId: sandboxMessages.deliveryId })
        .from(sandboxMessages)
        .where(eq(sandboxMessages.workspaceId, scope.workspaceId)),
    );
    const ids = stored.map((message) => message.deliveryId);
    expect(new Set(ids).size).toBe(ids.length);
    const sent = rows.filter((row) => row.state === 'sent').map((row) => row.id);
    expect(sent.filter((deliveryId) => !ids.includes(deliveryId))).toEqual([]);
    expect(await end(worker, 'SIGTERM')).toBe(0);
  });
});
