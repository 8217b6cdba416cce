import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { memberScope } from '../auth/principals';
import { type Scope, userOf } from '../auth/scope';
import { encrypt } from '../auth/secrets';
import { signIn } from '../auth/sign-in';
import { newToken } from '../auth/tokens';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { senders } from '../db/schema/senders';
import { invitations } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { Role } from '../db/states';
import { env } from '../env';
import { InvitationId, newId, SenderId, WorkspaceId } from '../ids';
import { createList } from '../lists/lists';
import { startSmtpStandIn } from '../providers/testing-smtp';
import { testWorkspace } from '../workspaces/testing';
import {
  type InvitationInput,
  inviteMember,
  listInvitations,
  renewInvitation,
  revokeInvitation,
} from './invitations';
import { acceptInvitation, findInvitation, joinWithNewAccount } from './join';
import { listMembers } from './members';
import { entries, newMember, newPerson, scopeOf } from './testing';

let owner: Scope;
beforeEach(async () => {
  ({ scope: owner } = await testWorkspace('Rosewood'));
});

const code = (result: { ok: true } | { ok: false; problem: { code: string } }) =>
  result.ok ? 'ok' : result.problem.code;

const tokenOf = (url: string | null) => {
  if (!url?.startsWith(`${env().APP_URL}/join/`)) throw new Error(`no link: ${url}`);
  return url.slice(`${env().APP_URL}/join/`.length);
};
/** Without a mail server a message cannot go out, so that the link is shown as that of a link is. */
async function invite(input: Partial<InvitationInput> = {}, scope = owner) {
  const made = await inviteMember(scope, { email: null, role: 'viewer', grants: [], ...input });
  if (!made.ok) throw new Error(made.problem.message);
  return { id: made.value.id, token: tokenOf(made.value.url), unsent: made.value.unsent };
}
const account = (email: string) => ({ name: 'Mia New', email, password: 'a long password' });
const fresh = () => `${newId(InvitationId)}@example.com`;
const roleOf = async (person: { id: string }) =>
  (await listMembers(owner)).find((row) => row.userId === person.id)?.role;
const age = (id: InvitationId) =>
  inScope(owner, (tx) =>
    tx.update(invitations).set({ expiresAt: sql`now() - interval '1 second'` }).where(eq(invitations.id, id)),
  );

describe('an invitation by link', () => {
  test('makes one member of whoever has it, with its role and lists, and is then used', async () => {
    const news = await createList(owner, { name: 'News' });
    if (!news.ok) throw new Error(news.problem.message);
    const listId = news.value.id;
    const { id, token } = await invite({ role: 'marketer', grants: [{ listId, access: 'edit' }] });
    const mia = await newPerson();
    expect(await findInvitation(token)).toMatchObject({
      workspace: 'Rosewood',
      email: null,
      role: 'marketer',
      invitedBy: 'Ann Owner',
    });
    expect(await findInvitation(token)).toBeDefined(); // looking uses nothing up
    expect(await acceptInvitation(mia, token, '192.0.2.1')).toEqual({ ok: true, value: owner.workspaceId });
    expect(await memberScope(owner.workspaceId, mia.id)).toMatchObject({
      by: { role: 'marketer' },
      lists: new Map([[listId, 'edit']]),
    });
    expect(await findInvitation(token)).toBeUndefined();
    expect(code(await acceptInvitation(await newPerson(), token, null))).toBe('not_found');
    expect(await listInvitations(owner)).toEqual([]);
    expect(await entries(owner)).toEqual([
      { action: 'invitation.created', userId: userOf(owner), targetId: id },
      { action: 'member.joined', userId: mia.id, targetId: mia.id },
    ]);
  });

  test('is won by one of many who accept it at the same time, with and without an account', async () => {
    const { token } = await invite();
    const people = await Promise.all(Array.from({ length: 3 }, () => newPerson()));
    const addresses = Array.from({ length: 3 }, fresh);
    const codes = await Promise.all([
      ...people.map(async (person) => code(await acceptInvitation(person, token, null))),
      ...addresses.map(async (email) => code(await joinWithNewAccount(token, account(email), null))),
    ]);
    expect(codes.filter((one) => one === 'ok')).toHaveLength(1);
    expect(codes.filter((one) => one === 'not_found')).toHaveLength(5);
    expect(await listMembers(owner)).toHaveLength(2);
    const made = await unsafeDatabase().select().from(users);
    const joined = (await listMembers(owner)).map((row) => row.email);
    for (const { email } of made.filter((user) => addresses.includes(user.email)))
      expect(joined).toContain(email); // who lost made no account
  });

  test('makes an account that can sign in, but not for an address that has one', async () => {
    const { token } = await invite();
    const taken = await newPerson();
    const refused = await joinWithNewAccount(token, account(taken.email.toUpperCase()), null);
    expect(refused).toMatchObject({ problem: { code: 'conflict', fields: { email: expect.anything() } } });
    expect(await roleOf(taken)).toBeUndefined();
    const email = fresh();
    expect(await joinWithNewAccount(token, account(email.toUpperCase()), null)).toMatchObject({
      value: { email },
    });
    const session = await signIn({
      email,
      password: 'a long password',
      address: '192.0.2.9',
      userAgent: null,
    });
    expect(session.ok && (await roleOf(session.value.user))).toBe('viewer');
  });

  test('changes nothing for whoever is a member, and stays for somebody else', async () => {
    const { token } = await invite({ role: 'admin' });
    const vic = await newMember(owner, 'viewer');
    expect(code(await acceptInvitation(vic, token, null))).toBe('conflict');
    expect(await roleOf(vic)).toBe('viewer');
    expect(await findInvitation(token)).toBeDefined();
  });
});

describe('an invitation by mail', () => {
  test('is for its address alone, in whatever case', async () => {
    const mia = await newPerson();
    const { token } = await invite({ email: mia.email });
    expect(await findInvitation(token)).toMatchObject({ email: mia.email, hasAccount: true });
    expect(code(await acceptInvitation(await newPerson(), token, null))).toBe('forbidden');
    expect(await listMembers(owner)).toHaveLength(1);
    const shouting = { ...mia, email: mia.email.toUpperCase() };
    expect(code(await acceptInvitation(shouting, token, null))).toBe('ok');
    expect(await roleOf(mia)).toBe('viewer');
  });

  test('gives a new account its own address, whatever was typed', async () => {
    const email = fresh();
    const { token } = await invite({ email });
    expect(await findInvitation(token)).toMatchObject({ email, hasAccount: false });
    expect(await joinWithNewAccount(token, account(fresh()), null)).toMatchObject({ value: { email } });
    expect((await listMembers(owner)).map((row) => row.email)).toContain(email);
  });

  test('is made once an address, and not for members', async () => {
    const email = fresh();
    await invite({ email });
    const vic = await newMember(owner, 'viewer');
    for (const again of [email, vic.email])
      expect(await inviteMember(owner, { email: again, role: 'admin', grants: [] })).toMatchObject({
        problem: { code: 'conflict', fields: { email: expect.stringContaining(again) } },
      });
    expect(await listInvitations(owner)).toHaveLength(1);
    expect((await entries(owner)).map((entry) => entry.action)).toEqual(['invitation.created']);
  });

  test('goes out through the mail server, never into the sandbox, and holds no link but the one', async () => {
    const email = fresh();
    const unsent = await invite({ email });
    expect(unsent.unsent).toContain('Connect your mail server');
    const server = await startSmtpStandIn();
    await inScope(owner, (tx) =>
      tx.insert(senders).values({
        ...{ workspaceId: owner.workspaceId, id: newId(SenderId), name: 'SMTP', provider: 'smtp' as const },
        ...{ fromName: 'Rosewood', fromEmail: 'hello@example.com' },
        config: encrypt('provider-config', JSON.stringify({ url: `smtp://127.0.0.1:${server.port}` })),
      }),
    );
    const sent = await renewInvitation(owner, unsent.id);
    expect(sent).toEqual({ ok: true, value: { id: unsent.id, url: null, unsent: null } });
    await server.close();
    expect(server.received).toEqual([email]);
    const message = (server.messages[0] ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    expect(message).toContain('Join Rosewood');
    const token = /\/join\/(phi_[\w-]+)/.exec(message)?.[1] ?? '';
    expect(await findInvitation(token)).toMatchObject({ email });
    expect(await findInvitation(unsent.token)).toBeUndefined(); // the older link has ended
  });
});

describe('an invitation', () => {
  test('ends when it runs out, is taken back, or is made anew', async () => {
    const old = await invite();
    await age(old.id);
    const revoked = await invite();
    expect(code(await revokeInvitation(owner, revoked.id))).toBe('ok');
    const renewed = await invite();
    const again = await renewInvitation(owner, renewed.id);
    const mia = await newPerson();
    for (const { token } of [old, revoked, renewed]) {
      expect(await findInvitation(token)).toBeUndefined();
      expect(code(await acceptInvitation(mia, token, null))).toBe('not_found');
      expect(code(await joinWithNewAccount(token, account(fresh()), null))).toBe('not_found');
    }
    expect(await listMembers(owner)).toHaveLength(1);
    expect((await listInvitations(owner)).find((row) => row.id === old.id)).toMatchObject({ expired: true });
    const revived = await renewInvitation(owner, old.id);
    for (const made of [again, revived])
      expect(made.ok && (await findInvitation(tokenOf(made.value.url)))).toBeDefined();
  });

  test('is nothing that can be made up, and of one workspace alone', async () => {
    const { token } = await invite();
    const { scope: other } = await testWorkspace('Elsewhere');
    const wrong = [
      '',
      'phi_',
      'x'.repeat(200),
      newToken('invitation', owner.workspaceId),
      newToken('invitation', newId(WorkspaceId)),
      newToken('api-key', owner.workspaceId),
      `${token}A`,
      token.slice(0, -1),
    ];
    for (const guess of wrong) {
      expect(await findInvitation(guess)).toBeUndefined();
      expect(code(await acceptInvitation(await newPerson(), guess, null))).toBe('not_found');
    }
    const { id } = await invite();
    for (const act of [revokeInvitation, renewInvitation])
      expect(await act(other, id)).toEqual(await act(other, newId(InvitationId)));
    expect(await listInvitations(owner)).toHaveLength(2);
    expect(await listInvitations(other)).toEqual([]);
    expect(await findInvitation(token)).toBeDefined();
  });

  test('keeps its token as a hash', async () => {
    const { id, token } = await invite();
    const [row] = await inScope(owner, (tx) => tx.select().from(invitations).where(eq(invitations.id, id)));
    expect(JSON.stringify(row)).not.toContain(token);
    expect(row?.tokenHash).toHaveLength(32);
  });

  test.each(['marketer', 'viewer'] as const)('is no affair of a %s', async (role) => {
    const { id, token } = await invite();
    const acting = await scopeOf(owner, await newMember(owner, role));
    expect(code(await revokeInvitation(acting, id))).toBe('forbidden');
    expect(code(await renewInvitation(acting, id))).toBe('forbidden');
    expect(await findInvitation(token)).toBeDefined();
  });

  test('to be an owner is for owners to make, to renew and to take back', async () => {
    const { id, token } = await invite({ role: 'owner' });
    const admin = await scopeOf(owner, await newMember(owner, 'admin'));
    const offer = { email: null, role: 'owner' as Role, grants: [] };
    expect(code(await inviteMember(admin, offer))).toBe('forbidden');
    expect(code(await renewInvitation(admin, id))).toBe('forbidden');
    expect(code(await revokeInvitation(admin, id))).toBe('forbidden');
    expect(await findInvitation(token)).toBeDefined();
    expect(await listInvitations(owner)).toHaveLength(1);
  });

  test('grants lists of this workspace only, and passes over those that are gone by then', async () => {
    const { scope: other } = await testWorkspace('Elsewhere');
    const theirs = await createList(other, { name: 'Theirs' });
    if (!theirs.ok) throw new Error(theirs.problem.message);
    const grants = [{ listId: theirs.value.id, access: 'send' as const }];
    expect(code(await inviteMember(owner, { email: null, role: 'marketer', grants }))).toBe('not_found');
    expect(await listInvitations(owner)).toEqual([]);
    const { id, token } = await invite({ role: 'marketer' });
    await inScope(owner, (tx) => tx.update(invitations).set({ grants }).where(eq(invitations.id, id)));
    const mia = await newPerson();
    expect(code(await acceptInvitation(mia, token, null))).toBe('ok');
    expect((await scopeOf(owner, mia)).lists).toEqual(new Map());
  });

  test('by mail is limited in an hour', async () => {
    const codes: string[] = [];
    for (let n = 0; n < 62; n++)
      codes.push(code(await inviteMember(owner, { email: fresh(), role: 'viewer', grants: [] })));
    expect(codes.indexOf('rate_limited')).toBe(60);
    expect(await listInvitations(owner)).toHaveLength(60);
  });
});
