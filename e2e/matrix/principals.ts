import type { ListAccess, Role } from '@/lib/db/states';

/** Somebody who asks. What they may do follows from this alone (./rules.ts). */
export type Principal = {
  name: string;
  by: 'nothing' | 'session' | 'key';
  /**
   * Where they belong: `here` is the workspace whose rows are asked for. `former`: was a member here, and is one nowhere
   * else. `there`: belongs to the other workspace, and their session still names this one. `ended`: a key that does not
   * hold any more.
   */
  at: 'here' | 'there' | 'former' | 'ended' | 'nowhere';
  role: Role;
  grants: { own?: ListAccess; ungranted?: ListAccess };
};

const member = (name: string, role: Role, grants: Principal['grants'] = {}): Principal => ({
  ...{ name, role, grants },
  by: 'session',
  at: 'here',
});
const key = (
  name: string,
  role: Role,
  grants: Principal['grants'] = {},
  at: Principal['at'] = 'here',
): Principal => ({
  ...{ name: `key: ${name}`, role, grants, at },
  by: 'key',
});

const both = { own: 'send', ungranted: 'send' } as const;

export const principals: Principal[] = [
  { name: 'nobody', by: 'nothing', at: 'nowhere', role: 'viewer', grants: {} },
  member('owner', 'owner'),
  member('admin', 'admin'),
  member('viewer', 'viewer'),
  member('marketer without a grant', 'marketer'),
  member('marketer who sees one of two lists', 'marketer', { own: 'view' }),
  member('marketer who changes one of two lists', 'marketer', { own: 'edit' }),
  member('marketer who sends to one of two lists', 'marketer', { own: 'send' }),
  member('marketer who sends to one list and sees the other', 'marketer', { own: 'send', ungranted: 'view' }),
  member('marketer who sends to both lists', 'marketer', both),
  { ...member('former member', 'owner'), at: 'former' },
  { ...member('owner of another workspace', 'owner'), at: 'there' },
  key('owner', 'owner'),
  key('admin', 'admin'),
  key('viewer', 'viewer'),
  key('marketer without a grant', 'marketer'),
  key('marketer who sends to one of two lists', 'marketer', { own: 'send' }),
  key('marketer who sends to both lists', 'marketer', both),
  key('revoked', 'owner', {}, 'ended'),
  key('expired', 'owner', {}, 'ended'),
  key('of another workspace', 'owner', {}, 'there'),
];
