import { expect, test } from 'vitest';
import { mintScope } from '../auth/scope';
import { newId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { createCampaign, findCampaign } from './campaigns';
import { saveDraft } from './draft';
import { testCampaign, testList } from './testing';

test('nobody who sees single lists puts a draft out of their own sight, and lists of their own drafts may go', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, []);
  const marketer = mintScope(
    scope.workspaceId,
    { kind: 'member', id: newId(UserId), role: 'marketer' },
    new Map([[listId, 'send']]),
  );
  const id = await testCampaign(scope, senderId, [listId]);
  const before = await findCampaign(marketer, id);
  if (!before.ok) throw new Error(before.problem.message);
  const { revision } = before.value;
  const none = { changes: { listIds: [] } };
  expect(await saveDraft(marketer, id, { revision, ...none })).toMatchObject({
    ok: false,
    problem: { code: 'invalid', fields: { listIds: 'Choose a list.' } },
  });
  expect(await findCampaign(marketer, id)).toEqual(before);
  expect(await saveDraft(scope, id, { revision, ...none })).toMatchObject({ ok: true });

  const own = await createCampaign(marketer, { name: 'Mine', channel: 'email' });
  if (!own.ok) throw new Error(own.problem.message);
  const saved = await saveDraft(marketer, own.value.id, { revision: 1, changes: { listIds: [listId] } });
  if (!saved.ok) throw new Error(saved.problem.message);
  expect(await saveDraft(marketer, own.value.id, { ...saved.value, ...none })).toMatchObject({ ok: true });
  expect(await findCampaign(marketer, own.value.id)).toMatchObject({ ok: true, value: { listIds: [] } });
});
