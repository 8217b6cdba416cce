import { eq, lt, sql } from 'drizzle-orm';
import { unsafeDatabase } from '@/lib/db/client';
import { workers } from '@/lib/db/schema';
import { uuidv7 } from '@/lib/ids';

const everyMs = 5_000;

/** Tells the health check that this process lives, every few seconds. Answers how to end that. */
export async function startHeartbeat(onError: (error: unknown) => void): Promise<() => Promise<void>> {
  const id = uuidv7();
  const beat = async () => {
    const db = unsafeDatabase();
    await db
      .insert(workers)
      .values({ id })
      .onConflictDoUpdate({ target: workers.id, set: { seenAt: sql`now()` } });
    await db.delete(workers).where(lt(workers.seenAt, sql`now() - interval '1 day'`));
  };
  await beat();
  const timer = setInterval(() => void beat().catch(onError), everyMs);
  return async () => {
    clearInterval(timer);
    await unsafeDatabase().delete(workers).where(eq(workers.id, id)).catch(onError);
  };
}
