import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { sandboxMessages } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import { testWorkspace } from '../workspaces/testing';
import { findCampaign } from './campaigns';
import { sendTest } from './send-test';
import { ledger, testCampaign, testList } from './testing';

describe('a test send', () => {
  it('goes through the provider with a contact’s values, marked, and into no ledger', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId, contactIds } = await testList(scope, [{ firstName: 'Zoë' }, { firstName: 'Bo' }]);
    const id = await testCampaign(scope, senderId, [listId]);
    const sent = await sendTest(scope, id, {
      to: ['me@example.com', 'me@example.com', 'refused@example.com', 'nonsense'],
      contactId: contactIds[1],
    });
    expect(sent).toMatchObject({
      ok: true,
      value: {
        results: [
          { to: 'me@example.com', ok: true },
          { to: 'refused@example.com', ok: false },
          { to: 'nonsense', ok: false, message: 'This is not an e-mail address.' },
        ],
      },
    });
    const stored = await inScope(scope, (tx) =>
      tx.select().from(sandboxMessages).where(eq(sandboxMessages.workspaceId, scope.workspaceId)),
    );
    expect(stored.map((message) => [message.to, message.subject, message.deliveryId])).toEqual([
      ['me@example.com', '[Test] Hello Bo', null],
    ]);
    expect(await ledger(scope, id)).toEqual([]);
    expect(await findCampaign(scope, id)).toMatchObject({
      ok: true,
      value: { status: 'draft', revision: 1 },
    });
  });

  it('may be sent so many times an hour', async () => {
    const { scope, senderId } = await testWorkspace();
    const id = await testCampaign(scope, senderId, [], { subject: 'Hi {{ name | shout }}' });
    const order = () => sendTest(scope, id, { to: ['me@example.com'] });
    for (let n = 0; n < 60; n++)
      expect(await order()).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    expect(await order()).toMatchObject({ ok: false, problem: { code: 'rate_limited' } });
    const other = await testWorkspace('Other');
    const theirs = await testCampaign(other.scope, other.senderId, []);
    expect((await sendTest(other.scope, theirs, { to: ['me@example.com'] })).ok).toBe(true);
  });

  it('says what is wrong with the template, the addresses or the contact', async () => {
    const { scope, senderId } = await testWorkspace();
    const id = await testCampaign(scope, senderId, [], { subject: 'Hi {{ name | shout }}' });
    const broken = await sendTest(scope, id, { to: ['me@example.com'] });
    expect(broken).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    const many = Array.from({ length: 11 }, (_, n) => `p${n}@example.com`);
    for (const to of [[], many])
      expect(await sendTest(scope, id, { to })).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    const other = await testWorkspace('Other');
    const { contactIds } = await testList(other.scope, 1);
    const fine = await testCampaign(scope, senderId, []);
    expect(await sendTest(scope, fine, { to: ['me@example.com'], contactId: contactIds[0] })).toMatchObject({
      ok: false,
      problem: { code: 'not_found' },
    });
    expect(await sendTest(other.scope, fine, { to: ['me@example.com'] })).toMatchObject({
      ok: false,
      problem: { code: 'not_found' },
    });
  });
});
