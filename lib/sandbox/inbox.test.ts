import { and, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { mintScope, type Scope } from '../auth/scope';
import { encodeCursor } from '../db/page';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import type { Role } from '../db/states';
import { newId, SandboxMessageId, UserId } from '../ids';
import { testMessage } from '../providers/testing-message';
import { openEmailSender } from '../senders/testing';
import { testWorkspace } from '../workspaces/testing';
import { clearInbox, countInbox, findSandboxMessage, listInbox } from './inbox';

const never = () => new AbortController().signal;

async function fill(scope: Scope, addresses: string[], testedBy: UserId | null = null): Promise<void> {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select()
      .from(senders)
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.provider, 'sandbox'))),
  );
  if (!row) throw new Error('a workspace has a sandbox');
  await openEmailSender(scope, row).send(
    addresses.map((to) => testMessage(to, { deliveryId: null, testedBy })),
    never(),
  );
}

async function walk(scope: Scope, search?: string): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listInbox>> = await listInbox(scope, { search, cursor, limit: 3 });
    pages.push(page.rows.map((row) => row.to));
    cursor = page.next;
  } while (cursor);
  return pages;
}

describe('the sandbox inbox', () => {
  it('pages through everything once, forwards and back', async () => {
    const { scope } = await testWorkspace();
    const all = Array.from({ length: 8 }, (_, i) => `p${i}@example.com`);
    await fill(scope, all);
    const pages = await walk(scope);
    expect(pages.map((page) => page.length)).toEqual([3, 3, 2]);
    expect(pages.flat().sort()).toEqual(all);
    const first = await listInbox(scope, { limit: 3 });
    const second = await listInbox(scope, { limit: 3, cursor: first.next });
    const back = await listInbox(scope, { limit: 3, cursor: second.previous });
    expect(back.rows).toEqual(first.rows);
    expect(back.previous).toBeNull();
  });

  it('finds by the beginning of an address, whatever its characters mean elsewhere', async () => {
    const { scope } = await testWorkspace();
    await fill(scope, [
      'anna@example.com',
      'ann@example.com',
      'ann@example.com',
      'ann@example.com',
      'ann@example.com',
      'bo%b@example.com',
      'bob@example.com',
    ]);
    expect((await walk(scope, 'Ann')).flat()).toEqual([
      ...Array(4).fill('ann@example.com'),
      'anna@example.com',
    ]);
    expect((await walk(scope, 'bo%')).flat()).toEqual(['bo%b@example.com']);
    expect((await walk(scope, 'nobody')).flat()).toEqual([]);
  });

  it('takes any cursor that people make up for the first page', async () => {
    const { scope } = await testWorkspace();
    await fill(scope, ['ann@example.com']);
    for (const key of [["x' or 1=1"], ['-'.repeat(36)], [newId(SandboxMessageId), 'a\0']]) {
      const madeUp = encodeCursor({ direction: 'after', key });
      expect((await listInbox(scope, { cursor: madeUp })).rows).toHaveLength(1);
      expect((await listInbox(scope, { cursor: madeUp, search: '\0ann\0' })).rows).toHaveLength(1);
    }
  });

  it('shows mail of the product itself to those alone who could change the sender', async () => {
    const { scope } = await testWorkspace();
    const as = (role: Role) =>
      mintScope(scope.workspaceId, { kind: 'member', id: newId(UserId), role }, new Map());
    const viewer = as('viewer');
    await fill(scope, ['reset@example.com']);
    await fill(scope, ['test@example.com'], newId(UserId));
    expect((await walk(as('admin'))).flat().sort()).toEqual(['reset@example.com', 'test@example.com']);
    expect((await walk(viewer)).flat()).toEqual(['test@example.com']);
    expect((await walk(viewer, 'reset')).flat()).toEqual([]);
    expect(await countInbox(viewer)).toBe(1);
    expect((await walk(as('marketer'))).flat()).toEqual([]);
    const [mail] = (await listInbox(scope, { search: 'reset' })).rows;
    if (!mail) throw new Error('it was sent');
    expect(mail.isTest).toBe(false);
    expect(await findSandboxMessage(viewer, mail.id)).toMatchObject({ problem: { code: 'not_found' } });
    expect((await findSandboxMessage(as('owner'), mail.id)).ok).toBe(true);
  });

  it('is one workspace’s own, and is cleared alone', async () => {
    const one = (await testWorkspace('One')).scope;
    const two = (await testWorkspace('Two')).scope;
    await fill(one, ['ann@example.com']);
    await fill(two, ['bob@example.com']);
    const [message] = (await listInbox(one, {})).rows;
    if (!message) throw new Error('it was sent');
    expect(await findSandboxMessage(two, message.id)).toMatchObject({
      ok: false,
      problem: { code: 'not_found' },
    });
    expect(await clearInbox(two)).toEqual({ ok: true, value: { deleted: 1 } });
    expect(await countInbox(two)).toBe(0);
    expect(await countInbox(one)).toBe(1);
    expect((await findSandboxMessage(one, message.id)).ok).toBe(true);
  });
});
