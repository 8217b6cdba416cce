import { asc } from 'drizzle-orm';
import { mintSystemScope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { fail, ok, type Result } from '../errors';
import { keepBounce } from './keep-bounce';
import { type Bounce, readBounce } from './read-bounce';

/** Takes one message that a mail server hands over. It names its delivery, and that its workspace. */
export async function takePiped(raw: Uint8Array): Promise<Result<Pick<Bounce, 'deliveryId' | 'type'>>> {
  const bounce = await readBounce(raw);
  if (!bounce) return fail('invalid', 'This is no report about a message of ours: nothing was kept of it.');
  const all = await unsafeDatabase()
    .select({ id: workspaces.id })
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt));
  for (const { id } of all)
    if (await keepBounce(mintSystemScope(id), bounce))
      return ok({ deliveryId: bounce.deliveryId, type: bounce.type });
  return fail(
    'not_found',
    'This is a report about a message that is in no ledger here: nothing was kept of it.',
  );
}
