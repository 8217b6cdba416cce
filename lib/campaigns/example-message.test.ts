import { and, eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { campaignLists, campaigns } from '../db/schema/campaigns';
import { contacts, listContacts, lists } from '../db/schema/lists';
import { inScope } from '../db/scoped';
import { CampaignId, ContactId, ListId, newId } from '../ids';
import { firstSteps } from '../workspaces/first-steps';
import { testWorkspace } from '../workspaces/testing';
import { exampleMessage } from './example-message';

let scope: Scope;
const id = newId(CampaignId);

const change = (values: Partial<typeof campaigns.$inferInsert>) =>
  inScope(scope, (tx) =>
    tx
      .update(campaigns)
      .set(values)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id))),
  );

beforeAll(async () => {
  ({ scope } = await testWorkspace());
  const { workspaceId } = scope;
  const listId = newId(ListId);
  const contactId = newId(ContactId);
  await inScope(scope, async (tx) => {
    await tx
      .insert(contacts)
      .values({ workspaceId, id: contactId, email: 'zoe@example.com', firstName: 'Zoë' });
    await tx.insert(lists).values({ workspaceId, id: listId, name: 'All' });
    await tx.insert(listContacts).values({ workspaceId, listId, contactId });
    await tx.insert(campaigns).values({
      ...{ workspaceId, id, name: 'May', subject: 'Hello {{ first_name }}' },
      content: { format: 'markdown', body: 'Dear {{ first_name }}' },
    });
    await tx.insert(campaignLists).values({ workspaceId, campaignId: id, listId });
  });
});

test('a draft is shown as somebody of its lists gets it', async () => {
  const example = await exampleMessage(scope, id);
  expect(example).toMatchObject({ ok: true, value: { to: 'zoe@example.com', subject: 'Hello Zoë' } });
  expect(example).toMatchObject({ value: { html: expect.stringContaining('Dear Zoë') } });
});

test('what was frozen at launch is shown, not what stands in the draft', async () => {
  await change({
    compiled: {
      subject: 'Frozen',
      preheader: '',
      html: '<p>Frozen {{ first_name }}</p>',
      text: '',
      hash: 'x',
    },
  });
  expect(await exampleMessage(scope, id)).toMatchObject({
    ok: true,
    value: { subject: 'Frozen', html: '<p>Frozen Zoë</p>' },
  });
  await change({ compiled: null });
});

test('a template with an error is a sentence, not a crash', async () => {
  await change({ subject: 'Hello {{ first_name' });
  expect(await exampleMessage(scope, id)).toMatchObject({ ok: false, problem: { code: 'invalid' } });
});

test('somebody else’s campaign is not found', async () => {
  const { scope: stranger } = await testWorkspace('Another');
  expect(await exampleMessage(stranger, id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
});

test('first steps are ticked by what is one’s own, not by samples', async () => {
  expect(await firstSteps(scope)).toEqual({
    hasContacts: true,
    hasCampaign: true,
    hasMailServer: false,
    hasSent: false,
  });
  const { scope: fresh } = await testWorkspace('Fresh');
  await inScope(fresh, (tx) =>
    tx
      .insert(contacts)
      .values({ workspaceId: fresh.workspaceId, id: newId(ContactId), email: 's@example.com', sample: true }),
  );
  expect(await firstSteps(fresh)).toMatchObject({ hasContacts: false, hasCampaign: false });
});
