import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Below this PostgreSQL and uploads soon find no room. */
export const leastFreeBytes = 64 * 1024 * 1024;

export const freeMegabytes = async (directory: string) => {
  const { bavail, bsize } = await statfs(directory);
  return Math.floor((bavail * bsize) / 1024 / 1024);
};

/** Says once when the directory's disk is nearly full, and once when it no longer is. */
export async function watchSpace(
  directory: string,
  say: (line: string) => void,
  isOver: () => boolean,
  everyMs = 5000,
): Promise<void> {
  let wasLow = false;
  while (!isOver()) {
    const free = await freeMegabytes(directory).catch(() => undefined);
    const isLow = free !== undefined && free * 1024 * 1024 < leastFreeBytes;
    if (isLow && !wasLow)
      say(
        `DATA_DIR ${directory} is nearly full (${free} MB free): free some space there. What cannot be written waits, and goes on by itself.`,
      );
    if (!isLow && wasLow) say(`DATA_DIR ${directory} has space again (${free} MB free).`);
    wasLow = isLow;
    await delay(everyMs, undefined, { ref: false });
  }
}
