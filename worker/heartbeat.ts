import { lt, sql } from 'drizzle-orm';
import { unsafeDatabase } from '@/lib/db/client';
import { workers } from '@/lib/db/schema';
import type { Engine } from '@/lib/deliveries/engine';

const everyMs = 3_000;

/** Says every few seconds that this process lives, for its claims and for the health check. Answers how to end that. */
export async function startHeartbeat(
  { life, claims }: Engine,
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  await life.beat();
  // What a worker had handed over when it died goes with its row, and has long been taken up by then.
  await unsafeDatabase().delete(workers).where(lt(workers.seenAt, sql`now() - interval '1 day'`));
  const timer = setInterval(() => void life.beat().catch(onError), everyMs);
  return async () => {
    clearInterval(timer);
    if (claims.areSettled) await life.end().catch(onError);
  };
}
