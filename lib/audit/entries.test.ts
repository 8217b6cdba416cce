import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { createApiKey } from '../api-keys/create-key';
import { NewApiKey } from '../api-keys/key-input';
import { audit } from '../auth/audit';
import { keyScope } from '../auth/principals';
import { mintScope, mintSystemScope, type Scope, userOf } from '../auth/scope';
import { createCampaign, deleteDraft } from '../campaigns/campaigns';
import { members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { uuidv7 } from '../ids';
import { createList, renameList } from '../lists/lists';
import { testWorkspace } from '../workspaces/testing';
import { type AuditFilter, listActors, listAudit, startOfDay, walkAudit } from './entries';

let owner: Scope;
let stranger: Scope;
beforeEach(async () => {
  owner = (await testWorkspace('Mine')).scope;
  stranger = (await testWorkspace('Theirs')).scope;
});

const rowsOf = async (filter: AuditFilter = {}, size?: number) => (await listAudit(owner, filter, size)).rows;
const actions = async (filter: AuditFilter) => (await rowsOf(filter)).map(({ action }) => action);

async function must<Value>(result: Promise<{ ok: true; value: Value } | { ok: false; problem: unknown }>) {
  const answer = await result;
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem));
  return answer.value;
}

/** An entry of another time. */
const enter = (scope: Scope, at: string, action = 'list.created') =>
  inScope(scope, (tx) =>
    tx.execute(sql`insert into audit_log (workspace_id, id, action, created_at)
      values (${scope.workspaceId}, ${uuidv7(Date.parse(at))}, ${action}, ${at}::timestamptz)`),
  );

test('an entry says who, what, to what by its present name, and from where; what is gone keeps its name', async () => {
  const me = mintScope(
    owner.workspaceId,
    { kind: 'member', id: userOf(owner) ?? expect.fail(), role: 'owner' },
    new Map(),
    '192.0.2.9',
  );
  const list = await must(createList(me, { name: 'First' }));
  await must(renameList(me, list.id, { name: 'Second' }));
  const campaign = await must(createCampaign(me, { name: 'Gone' }));
  await must(deleteDraft(me, campaign.id));
  const [deleted, created, renamed, made] = await rowsOf();
  const who = { kind: 'member', id: userOf(owner), name: 'Ann Owner' };
  const second = { kind: 'list', id: list.id, name: 'Second', exists: true };
  expect(made).toMatchObject({ action: 'list.created', who, target: second, address: '192.0.2.9' });
  expect(renamed).toMatchObject({ action: 'list.renamed', who, target: second, detail: { from: 'First' } });
  const gone = { kind: 'campaign', id: campaign.id, name: 'Gone', exists: false };
  expect(created).toMatchObject({ action: 'campaign.created', target: gone });
  expect(deleted).toMatchObject({ action: 'campaign.deleted', target: gone });
  expect(made?.at).toBeInstanceOf(Date);
});

test('people, keys and the system are told apart, by name also when they have left', async () => {
  const { id } = await must(createApiKey(owner, NewApiKey.parse({ name: 'Shop', role: 'admin' })));
  const key = (await keyScope(owner.workspaceId, id)) ?? expect.fail();
  await must(createList(key, { name: 'By key' }));
  const system = mintSystemScope(owner.workspaceId);
  await inScope(system, (tx) => audit(tx, system, 'campaign.complete', null));
  await inScope(owner, (tx) => tx.delete(members));
  expect(await actions({ who: { kind: 'key', id } })).toEqual(['list.created']);
  expect(await actions({ who: { kind: 'member', id: userOf(owner) ?? '' } })).toEqual([
    'api_key.created',
    'workspace.created',
  ]);
  expect(await actions({ who: { kind: 'system' } })).toEqual(['campaign.complete']);
  expect(await listActors(owner)).toEqual([
    { kind: 'member', id: userOf(owner), name: 'Ann Owner' },
    { kind: 'key', id, name: 'Shop' },
  ]);
  expect(await listActors(stranger)).toMatchObject([{ kind: 'member', id: userOf(stranger) }]);
});

test('nobody sees what was done in another workspace', async () => {
  await must(createList(stranger, { name: 'Theirs' }));
  expect(await actions({})).toEqual(['workspace.created']);
  expect(await actions({ who: { kind: 'member', id: userOf(stranger) ?? '' } })).toEqual([]);
});

test('a subject is what stands before the dot, and no longer word', async () => {
  for (const action of ['list.created', 'list_of.created', 'lists.created', 'campaign.created'])
    await enter(owner, '2026-05-05T12:00:00Z', action);
  expect(await actions({ subjects: ['list'] })).toEqual(['list.created']);
  expect((await actions({ subjects: ['list', 'campaign'] })).sort()).toEqual([
    'campaign.created',
    'list.created',
  ]);
});

test('days are those of the workspace’s clocks, also when these change', async () => {
  // Europe/Berlin: 29 March 2026 has 23 hours, and begins at 23:00 UTC the day before.
  const times = [
    '2026-03-28T22:59:59Z',
    '2026-03-28T23:00:00Z',
    '2026-03-29T21:59:59Z',
    '2026-03-29T22:00:00Z',
  ];
  for (const time of times) await enter(owner, time, `list.${times.indexOf(time)}`);
  expect(await actions({ from: '2026-03-29', to: '2026-03-29' })).toEqual(['list.2', 'list.1']);
  expect(await actions({ to: '2026-03-28' })).toEqual(['list.0']);
  expect(await actions({ from: '2026-03-30', subjects: ['list'] })).toEqual(['list.3']);
  expect(await actions({ from: '2026-03-30', to: '2026-03-29' })).toEqual([]);
});

test('a day begins when the clocks of a place say so, even if they never show midnight', () => {
  expect(startOfDay('2026-03-29', 'Europe/Berlin')?.toISOString()).toBe('2026-03-28T23:00:00.000Z');
  expect(startOfDay('2026-04-24', 'Africa/Cairo')?.toISOString()).toBe('2026-04-23T22:00:00.000Z'); // 00:00 is 01:00
  expect(startOfDay('2026-02-30', 'UTC')).toBeUndefined();
});

test('pages go there and back without a gap or a repetition, and the walk finds the same', async () => {
  for (let n = 0; n < 7; n++) await enter(owner, `2026-05-05T12:00:0${n}Z`, `list.${n}`);
  const filter = { subjects: ['list'] };
  const first = await listAudit(owner, filter, 3);
  const second = await listAudit(owner, { ...filter, cursor: first.next }, 3);
  const third = await listAudit(owner, { ...filter, cursor: second.next }, 3);
  const all = [...first.rows, ...second.rows, ...third.rows].map(({ action }) => action);
  expect(all).toEqual(['list.6', 'list.5', 'list.4', 'list.3', 'list.2', 'list.1', 'list.0']);
  expect([first.previous, third.next]).toEqual([null, null]);
  const back = await listAudit(owner, { ...filter, cursor: third.previous }, 3);
  expect(back.rows).toEqual(second.rows);
  const front = await listAudit(owner, { ...filter, cursor: second.previous }, 3);
  expect(front.rows).toEqual(first.rows);
  expect(front.previous).toBeNull();
  const walked = [];
  for await (const entries of walkAudit(owner, filter)) walked.push(...entries);
  expect(walked.map(({ action }) => action)).toEqual(all);
});

test('no statement changes or removes an entry', async () => {
  for (const statement of [sql`update audit_log set action = 'x'`, sql`delete from audit_log`])
    await expect(inScope(owner, (tx) => tx.execute(statement))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('append-only') },
    });
});
