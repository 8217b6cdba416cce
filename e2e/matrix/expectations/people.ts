import { marks, type Row, type Rows } from '../rules';
import { byId, own, profile } from './rows';

const onMember = (more: Partial<Row> = {}): Row => ({
  ...{ may: 'members:write', on: 'member', changes: true, input: byId },
  ...more,
});
const onInvitation: Row = { may: 'members:write', on: 'invitation', changes: true, input: byId };
/** An admin makes nobody an owner, nor less than one. */
const ownersOnly = (row: Row): Row => ({
  ...row,
  answer: (_place, who) => (who.role === 'owner' ? 'ok' : 'forbidden'),
});
const invitation = { email: null, role: 'viewer', grants: [] };
const key = { name: 'Shop', role: 'viewer' };
const password = 'another long password';
const noToken = 'x'.repeat(64);

export const people: Rows = {
  // ------------------------------------------------------------------ members
  'page /settings/members': { may: 'members:read' },
  'page /settings/members/[id]': { may: 'members:read', on: 'member' },
  'action changeRoleAction': [
    onMember({ input: (id) => ({ id, role: 'viewer' }) }),
    ownersOnly(onMember({ input: (id) => ({ id, role: 'owner' }) })),
    ownersOnly(
      onMember({
        on: undefined,
        input: (_id, world, _place, who) => ({ id: world.secondOwner(who), role: 'admin' }),
      }),
    ),
  ],
  'action removeMemberAction': [
    onMember(),
    ownersOnly(
      onMember({ on: undefined, input: (_id, world, _place, who) => ({ id: world.secondOwner(who) }) }),
    ),
  ],
  'action setListAccessAction': [
    onMember({
      input: (userId, world, _place, who) => ({
        ...{ userId, access: 'edit', listId: world.the('list', who.at === 'there' ? 'foreign' : 'own') },
      }),
    }),
    onMember({
      ...{ on: 'list', besides: { of: 'member' } },
      input: (listId, world) => ({ userId: own(world, 'member'), listId, access: 'edit' }),
    }),
  ],
  'action inviteAction': [
    onMember({ on: undefined, input: () => invitation }),
    ownersOnly(onMember({ on: undefined, input: () => ({ ...invitation, role: 'owner' }) })),
    onMember({
      on: 'list',
      input: (listId) => ({ ...invitation, role: 'marketer', grants: [{ listId, access: 'view' }] }),
    }),
  ],
  'action renewInvitationAction': onInvitation,
  'action revokeInvitationAction': onInvitation,
  'page /join/[token]': [
    { may: 'anyone', at: () => `/join/${noToken}` },
    { may: 'anyone', at: (_id, world) => `/join/${world.invitationToken}` },
  ],
  'action acceptInvitationAction': [
    { may: 'signed in', answer: 'not_found', input: () => ({ token: noToken }) },
    {
      ...{ may: 'signed in', shows: marks.filter((mark) => mark !== 'in-there'), changes: true },
      answer: (_place, who) => (who.at === 'here' ? 'conflict' : 'ok'),
      input: (_id, world) => ({ token: world.invitationToken }),
    },
  ],
  'action joinAction': [
    {
      ...{ may: 'anyone', answer: 'not_found' },
      input: () => ({ token: noToken, name: 'Eve', email: 'eve@example.com', password }),
    },
    {
      ...{ may: 'anyone', changes: true },
      input: (_id, world) => ({
        ...{ token: world.invitationToken, name: 'Eve', email: 'eve@example.com', password },
      }),
    },
  ],

  // ------------------------------------------------------------------ one's own account and workspaces
  'page /account': { may: 'account' },
  'action changeNameAction': { may: 'account', changes: true, input: () => ({ name: 'New name' }) },
  'action changePasswordAction': [
    { may: 'account', answer: 'invalid', input: () => ({ current: 'wrong', password }) },
    { may: 'account', changes: true, input: (_id, world) => ({ current: world.password, password }) },
  ],
  'action signOutSessionAction': { may: 'account', on: 'session', changes: true, input: byId },
  'action signOutElsewhereAction': { may: 'account', changes: true },
  'page /no-workspace': {
    may: 'signed in',
    answer: (_place, who) => (who.at === 'former' ? 'ok' : 'redirect'),
  },
  'page /new-workspace': { may: 'signed in' },
  'action addWorkspaceAction': { may: 'signed in', changes: true, input: () => profile },
  'action chooseWorkspaceAction': {
    ...{ may: 'signed in', on: 'workspace', input: byId },
    changes: (_place, who) => who.at === 'there', // the others are here already
  },
  'action leaveWorkspaceAction': { may: 'account', changes: true },
  'page /forgot': { may: 'anyone' },
  'action forgotAction': { may: 'anyone', input: () => ({ email: 'nobody@example.com' }) },
  'page /reset/[token]': [
    { may: 'anyone', at: () => `/reset/${noToken}` },
    { may: 'anyone', at: (_id, world) => `/reset/${world.resetToken}` },
  ],
  'action resetAction': [
    { may: 'anyone', answer: 'not_found', input: () => ({ token: noToken, password }) },
    { may: 'anyone', changes: true, input: (_id, world) => ({ token: world.resetToken, password }) },
  ],

  // ------------------------------------------------------------------ API keys and the audit log
  'page /settings/api-keys': { may: 'keys:write' },
  'action createApiKeyAction': [
    { may: 'keys:write', changes: true, input: () => key },
    ownersOnly({ may: 'keys:write', changes: true, input: () => ({ ...key, role: 'owner' }) }),
    {
      ...{ may: 'keys:write', on: 'list', changes: true },
      input: (listId) => ({ ...key, role: 'marketer', grants: [{ listId, access: 'send' }] }),
    },
  ],
  'action revokeApiKeyAction': { may: 'keys:write', on: 'API key', changes: true, input: byId },
  'page /settings/audit': { may: 'audit:read' },
  'GET /settings/audit/audit.csv': { may: 'audit:read' },
};
