import { beforeAll, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { testList } from '../campaigns/testing';
import { eraseContact } from '../contacts/erase-contact';
import { inScope } from '../db/scoped';
import { ContactId, newId } from '../ids';
import { setListAccess } from '../members/list-access';
import { newMember, scopeOf } from '../members/testing';
import { testWorkspace } from '../workspaces/testing';
import { newCode } from './code';
import { codesOf, unsafeOwnerOf } from './contact-codes';
import { codeOf, testCodeOwner } from './testing';

let scope: Scope;
let stranger: Scope;
beforeAll(async () => {
  ({ scope } = await testWorkspace('Mine'));
  ({ scope: stranger } = await testWorkspace('Theirs'));
});

test('a contact has one code, whoever asks first and however many at the same moment', async () => {
  const { contactIds } = await testList(scope, 30);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => inScope(scope, (tx) => codesOf(tx, scope, contactIds))),
  );
  const [first] = answers;
  expect(new Set(first?.values()).size).toBe(30);
  for (const answer of answers) expect(answer).toEqual(first);
});

test('a code leads to its owner from outside of any workspace, and another to nobody', async () => {
  const { contactId, code } = await testCodeOwner(scope);
  expect(await unsafeOwnerOf(code)).toEqual({ workspaceId: scope.workspaceId, contactId });
  expect(await unsafeOwnerOf(newCode())).toBeUndefined();
});

test('an erased contact’s code leads to nobody', async () => {
  const { contactId, code } = await testCodeOwner(scope);
  expect(await eraseContact(scope, contactId)).toMatchObject({ ok: true });
  expect(await unsafeOwnerOf(code)).toBeUndefined();
  expect(await inScope(scope, (tx) => codesOf(tx, scope, [contactId]))).toEqual(new Map());
});

test('nobody makes codes for contacts that they do not see', async () => {
  const { contactIds } = await testList(scope, 2);
  const marketer = await scopeOf(scope, await newMember(scope, 'marketer'));
  const ids = [...contactIds, newId(ContactId)];
  for (const other of [stranger, marketer])
    expect(await inScope(other, (tx) => codesOf(tx, other, ids))).toEqual(new Map());
});

test('whoever reaches single lists gets the codes of those on them', async () => {
  const { contactId, listId, code } = await testCodeOwner(scope);
  const person = await newMember(scope, 'marketer');
  expect(await setListAccess(scope, { userId: person.id, listId, access: 'view' })).toMatchObject({
    ok: true,
  });
  expect(await codeOf(await scopeOf(scope, person), contactId)).toBe(code);
});
