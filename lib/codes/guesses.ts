import { countAttempt, secondsToWait } from '../auth/attempts';

/*
 * Who asks for codes that are none guesses, or types badly. Right ones are not counted: mail programs fetch the images of a
 * whole campaign through a few addresses.
 */

const limit = 30;
const windowSeconds = 10 * 60;

/** Seconds that a network address has to wait, because it asked for too many codes that are none; 0: go on. */
export const secondsBlocked = (address: string): Promise<number> => secondsToWait('code', address, limit);

export async function noteMiss(address: string): Promise<void> {
  await countAttempt('code', address, { limit, windowSeconds });
}
