import { and, eq, lt, sql } from 'drizzle-orm';
import { keyOf, type Scope } from '../auth/scope';
import { idempotencyKeys } from '../db/schema/access';
import { inScope } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import type { ApiKeyId } from '../ids';

/** So long the first answer is given again. */
const kept = sql`interval '24 hours'`;

export type Reply = { status: number; answer: unknown };
export type Order = {
  key: string;
  /** Method and address. */
  request: string;
  /** SHA-256 of the body. Of a streamed one it is known at its end; asked sooner, it reads the rest away. */
  bodyHash: () => Promise<Buffer>;
};

/**
 * Does the work of an order once, however often it comes: later ones get the first answer, for 24 hours. While the first
 * is being worked on, others are refused. What failed on our side was not done, and may be tried again.
 */
export async function once(
  scope: Scope,
  order: Order,
  work: () => Promise<Reply>,
): Promise<Result<Reply & { again: boolean }>> {
  const keyId = keyOf(scope);
  if (!keyId) throw new Error('only API keys have orders');
  if (!(await begin(scope, keyId, order))) return earlier(scope, keyId, order);
  let reply: Reply;
  try {
    reply = await work();
  } catch (error) {
    await forget(scope, keyId, order).catch(() => undefined); // the first error says more
    throw error;
  }
  if (reply.status >= 500) await forget(scope, keyId, order);
  else await keep(scope, keyId, order, reply);
  return ok({ ...reply, again: false });
}

const rowOf = ({ workspaceId }: Scope, keyId: ApiKeyId, { key }: Order) =>
  and(
    eq(idempotencyKeys.workspaceId, workspaceId),
    eq(idempotencyKeys.keyId, keyId),
    eq(idempotencyKeys.key, key),
  );

async function begin(scope: Scope, keyId: ApiKeyId, { key, request }: Order): Promise<boolean> {
  const { workspaceId } = scope;
  const begun = await inScope(scope, (tx) =>
    tx
      .insert(idempotencyKeys)
      .values({ workspaceId, keyId, key, request })
      .onConflictDoUpdate({
        target: [idempotencyKeys.workspaceId, idempotencyKeys.keyId, idempotencyKeys.key],
        set: { request, bodyHash: null, status: null, answer: null, createdAt: sql`now()` },
        setWhere: lt(idempotencyKeys.createdAt, sql`now() - ${kept}`),
      })
      .returning({ key: idempotencyKeys.key }),
  );
  return begun.length > 0;
}

async function earlier(
  scope: Scope,
  keyId: ApiKeyId,
  order: Order,
): Promise<Result<Reply & { again: boolean }>> {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select()
      .from(idempotencyKeys)
      .where(rowOf(scope, keyId, order)),
  );
  if (row && row.request !== order.request) return otherRequest();
  if (row?.status === null || !row?.bodyHash)
    return fail(
      'conflict',
      'A request with this Idempotency-Key is being worked on, or was broken off. Ask again in a moment; if it stays so, look whether it was done before you use another key.',
      { retryAfterSeconds: 1 },
    );
  if (!row.bodyHash.equals(await order.bodyHash())) return otherRequest();
  return ok({ status: row.status, answer: row.answer, again: true });
}

const otherRequest = () =>
  fail(
    'conflict',
    'This Idempotency-Key was used for another request. Use a new one for each request that you mean to make.',
  );

async function keep(scope: Scope, keyId: ApiKeyId, order: Order, reply: Reply): Promise<void> {
  const bodyHash = await order.bodyHash();
  await inScope(scope, (tx) =>
    tx
      .update(idempotencyKeys)
      .set({ bodyHash, status: reply.status, answer: reply.answer ?? null })
      .where(rowOf(scope, keyId, order)),
  );
}

async function forget(scope: Scope, keyId: ApiKeyId, order: Order): Promise<void> {
  await inScope(scope, (tx) => tx.delete(idempotencyKeys).where(rowOf(scope, keyId, order)));
}

/** Removes what is no longer given again. */
export async function forgetOldAnswers(scope: Scope): Promise<void> {
  await inScope(scope, (tx) =>
    tx
      .delete(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.workspaceId, scope.workspaceId),
          lt(idempotencyKeys.createdAt, sql`now() - ${kept}`),
        ),
      ),
  );
}
