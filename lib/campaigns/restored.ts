import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { softBounces } from '../db/schema/deliveries';
import { instance } from '../db/schema/operation';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { log } from '../log';
import { changeStatus } from './change-status';

const Known = z.object({ instance: z.string(), epoch: z.number() });

const fileName = () => join(env().DATA_DIR, 'epoch.json');

const problem =
  'The database is older than what this server remembers, as after a backup was restored: people who got this message meanwhile may stand here as if they had not. Look at who has it before you go on.';

/**
 * Counts the instance's epoch on, in the database and beside it. When the database has fallen behind, its ledger no longer
 * knows of everything that was sent: all campaigns that would go on by themselves then wait for a person.
 */
export async function holdIfRestored(): Promise<void> {
  // What is remembered first: read after the database, it may be what another worker has counted on meanwhile.
  const known = await readKnown();
  const [row] = await unsafeDatabase().select().from(instance);
  if (!row) throw new Error('the migrations make the row of the instance');
  const isOlder = known !== undefined && known.instance === row.id && known.epoch > row.epoch;
  if (isOlder) {
    log.warn({ known: known.epoch, found: row.epoch }, 'the database was restored; campaigns are held');
    const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
    for (const { id } of all) await holdAll(mintSystemScope(id));
  }
  const least = isOlder ? known.epoch : 0;
  const [next] = await unsafeDatabase()
    .update(instance)
    .set({ epoch: sql`greatest(${instance.epoch}, ${least}) + 1` })
    .returning();
  // After the database, never before: a crash between the two must not look like a restored backup.
  if (next) await writeKnown({ instance: next.id, epoch: next.epoch });
}

async function readKnown(): Promise<z.infer<typeof Known> | undefined> {
  try {
    return Known.parse(JSON.parse(await readFile(fileName(), 'utf8')));
  } catch {
    return undefined; // a new directory, or one from before this was counted
  }
}

async function writeKnown(known: z.infer<typeof Known>): Promise<void> {
  try {
    const next = `${fileName()}.${process.pid}`;
    await writeFile(next, JSON.stringify(known), { mode: 0o600 });
    await rename(next, fileName());
  } catch (error) {
    log.warn({ err: error }, 'DATA_DIR cannot be written, so that a restored backup would not be noticed');
  }
}

async function holdAll(scope: Scope): Promise<void> {
  await inScope(scope, async (tx) => {
    const going = await tx
      .select({ id: campaigns.id, status: campaigns.status })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.workspaceId, scope.workspaceId),
          sql`${campaigns.status} in ('sending', 'scheduled')`,
        ),
      );
    for (const { id, status } of going)
      if (status === 'sending')
        await changeStatus(tx, scope, id, 'pause', { set: { problem }, detail: { problem } });
      else await changeStatus(tx, scope, id, 'hold', { set: { held: true, problem }, detail: { problem } });
    // What came back may have been sent again since, also of campaigns that have completed: it is left at that.
    await tx
      .update(softBounces)
      .set({ dueAt: null })
      .where(and(eq(softBounces.workspaceId, scope.workspaceId), isNotNull(softBounces.dueAt)));
  });
}
