import type { Engine } from '@/lib/deliveries/engine';

const everyMs = 3_000;

/** Says every few seconds that this process lives, for its claims and for the health check. Answers how to end that. */
export async function startHeartbeat(
  { life, claims }: Engine,
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  await life.beat();
  const timer = setInterval(() => void life.beat().catch(onError), everyMs);
  return async () => {
    clearInterval(timer);
    if (claims.areSettled) await life.end().catch(onError);
  };
}
