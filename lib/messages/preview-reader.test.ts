import { expect, it } from 'vitest';
import { testList } from '../campaigns/testing';
import { ContactId, newId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { findPreviewReader } from './preview-reader';

it('is the chosen contact, else one of the lists who has an address of the channel, else nobody', async () => {
  const { scope } = await testWorkspace();
  const { scope: neighbour } = await testWorkspace('Other');
  const { listId, contactIds } = await testList(scope, [
    { firstName: 'Ann', email: 'ann@example.com' },
    { firstName: 'Ben', email: null, phone: '+4930901820' },
  ]);
  const [ann = null] = contactIds;
  const lists = { contactId: null, listIds: [listId] };
  expect(await findPreviewReader(scope, 'email', lists)).toMatchObject({
    value: { contact: { firstName: 'Ann' } },
  });
  expect(await findPreviewReader(scope, 'sms', lists)).toMatchObject({
    value: { contact: { firstName: 'Ben' } },
  });
  const chosen = { contactId: ann, listIds: [] };
  expect(await findPreviewReader(scope, 'sms', chosen)).toMatchObject({
    value: { contact: { firstName: 'Ann' } },
  });
  for (const contactId of [ann, newId(ContactId)])
    expect(await findPreviewReader(neighbour, 'email', { contactId, listIds: [] })).toMatchObject({
      problem: { code: 'not_found' },
    });
  expect(await findPreviewReader(neighbour, 'email', { contactId: null, listIds: [] })).toMatchObject({
    value: { company: { name: 'Other' }, contact: undefined },
  });
});
