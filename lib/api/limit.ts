import { countOne } from '../auth/attempts';
import type { ApiKeyId } from '../ids';

/** Calls that one key may make in a minute. */
export const callsPerMinute = 600;
const windowSeconds = 60;

/** Counts a call of a key, in the database, so that it holds over all processes. */
export async function countCall(
  keyId: ApiKeyId,
): Promise<{ waitSeconds: number; headers: Record<string, string> }> {
  const { count, secondsLeft } = await countOne('api', keyId, windowSeconds);
  const remaining = Math.max(0, callsPerMinute - count);
  return {
    waitSeconds: count > callsPerMinute ? secondsLeft : 0,
    headers: {
      // draft-ietf-httpapi-ratelimit-headers-10, and the three names that most clients know
      'RateLimit-Policy': `"key";q=${callsPerMinute};w=${windowSeconds}`,
      RateLimit: `"key";r=${remaining};t=${secondsLeft}`,
      'RateLimit-Limit': String(callsPerMinute),
      'RateLimit-Remaining': String(remaining),
      'RateLimit-Reset': String(secondsLeft),
    },
  };
}
