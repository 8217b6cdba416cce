import { execFileSync } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { instance } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { env } from '../env';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { holdIfRestored } from './restored';
import { launchNow, testCampaign, testList } from './testing';

const statusOf = (scope: Scope, id: CampaignId) =>
  inScope(scope, async (tx) => {
    const [row] = await tx
      .select({ status: campaigns.status, held: campaigns.held, problem: campaigns.problem })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
    return row;
  });

const epoch = async () => (await unsafeDatabase().select().from(instance))[0]?.epoch ?? -1;

test('a database that fell behind what the server remembers holds everything that would go on by itself', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 3);
  const sending = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, sending);
  const scheduled = await testCampaign(scope, senderId, [listId], {
    status: 'scheduled',
    scheduledAt: new Date(Date.now() + 3_600_000),
  });
  const draft = await testCampaign(scope, senderId, [listId]);

  for (let start = 0; start < 3; start++) await holdIfRestored();
  expect(await statusOf(scope, sending)).toMatchObject({ status: 'sending', problem: null });
  expect(await statusOf(scope, scheduled)).toMatchObject({ status: 'scheduled', held: false });

  const before = await epoch();
  await unsafeDatabase()
    .update(instance)
    .set({ epoch: before - 2 });
  await holdIfRestored();
  expect(await statusOf(scope, sending)).toMatchObject({
    status: 'paused',
    problem: expect.stringContaining('backup was restored'),
  });
  expect(await statusOf(scope, scheduled)).toMatchObject({ status: 'scheduled', held: true });
  expect(await statusOf(scope, draft)).toMatchObject({ status: 'draft', problem: null });
  expect(await epoch()).toBe(before + 1);

  // It is said once: whoever resumes is not stopped again.
  await inScope(scope, (tx) =>
    tx.update(campaigns).set({ status: 'sending', problem: null }).where(eq(campaigns.id, sending)),
  );
  await holdIfRestored();
  expect(await statusOf(scope, sending)).toMatchObject({ status: 'sending' });
});

test('another database, or one that was counted on when the server crashed, is no restored one', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 3);
  const sending = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, sending);
  await holdIfRestored();
  const file = join(env().DATA_DIR, 'epoch.json');
  await unsafeDatabase()
    .update(instance)
    .set({ epoch: sql`${instance.epoch} + 1` });
  await holdIfRestored();
  expect(await statusOf(scope, sending)).toMatchObject({ status: 'sending' });
  await writeFile(file, JSON.stringify({ instance: crypto.randomUUID(), epoch: 1_000_000 }));
  await holdIfRestored();
  expect(await statusOf(scope, sending)).toMatchObject({ status: 'sending' });
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ epoch: await epoch() });
});

test('a worker that starts while another counts on takes that for no restored backup', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 3);
  const sending = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, sending);
  await holdIfRestored();
  const file = join(env().DATA_DIR, 'epoch.json');
  const known = JSON.parse(await readFile(file, 'utf8'));
  // A pipe instead of the file: whoever reads it waits, while the other one counts on, in the database and then here.
  await rm(file);
  execFileSync('mkfifo', [file]);
  const starting = holdIfRestored();
  const pipe = await open(file, 'w');
  await unsafeDatabase()
    .update(instance)
    .set({ epoch: sql`${instance.epoch} + 1` });
  await pipe.writeFile(JSON.stringify({ ...known, epoch: known.epoch + 1 }));
  await pipe.close();
  await starting;
  expect(await statusOf(scope, sending)).toMatchObject({ status: 'sending', problem: null });
});
