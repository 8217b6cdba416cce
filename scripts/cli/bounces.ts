import { z } from 'zod';
import { CannotStart } from '../cannot-start';
import { defineCommand, Refused } from './command';
import { unwrap, withInstallation } from './installation';

/** Of what is larger, the beginning is read, which has all that is needed. */
const mostBytes = 25_000_000;
/** By this a mail server knows to try again later (EX_TEMPFAIL). */
const later = 75;

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= mostBytes) chunks.push(bytes);
  }
  if (size === 0)
    throw new Refused('Nothing came in. Give it a message: npm run -s cli -- bounces < message.');
  return Buffer.concat(chunks);
}

export const bounces = defineCommand({
  name: 'bounces',
  about: 'takes one message from standard input, and keeps what it tells of a message of ours',
  options: {},
  notes: `For a mail server that hands over what comes back: delivery reports (RFC 3464) and feedback reports (RFC 5965). Exit code 0:
it was one of ours and is kept, or was kept before. 1: it is none of ours, and nothing is kept of it. 75: it could not be kept
now; a mail server tries that again by itself.`,
  input: z.object({}),
  async run() {
    const raw = await readInput();
    try {
      return await withInstallation(async () => {
        const { takePiped } = await import('@/lib/bounces/piped-bounce');
        const { deliveryId, type } = unwrap(await takePiped(raw));
        return { lines: [`${deliveryId} ${type ?? 'nothing that lasts'}`], json: { deliveryId, type } };
      });
    } catch (error) {
      if (error instanceof Refused) throw error;
      const said = error instanceof CannotStart ? error.message : 'The database did not take it.';
      throw new Refused(`It could not be kept now, and has to be tried again later. ${said}`, later);
    }
  },
});
