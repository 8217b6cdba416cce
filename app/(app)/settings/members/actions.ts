'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { listAccesses, roles } from '@/lib/db/states';
import { InvitationId, ListId, UserId } from '@/lib/ids';
import { InvitationInput, inviteMember, renewInvitation, revokeInvitation } from '@/lib/members/invitations';
import { setListAccess } from '@/lib/members/list-access';
import { changeRole, removeMember } from '@/lib/members/members';

const OneInvitation = z.object({ id: InvitationId });

export const inviteAction = authorizedAction('members:write', InvitationInput, async (scope, input) => {
  const invited = await inviteMember(scope, input);
  if (invited.ok) refresh();
  return invited;
});

export const renewInvitationAction = authorizedAction(
  'members:write',
  OneInvitation,
  async (scope, { id }) => {
    const renewed = await renewInvitation(scope, id);
    if (renewed.ok) refresh();
    return renewed;
  },
);

export const revokeInvitationAction = authorizedAction(
  'members:write',
  OneInvitation,
  async (scope, { id }) => {
    const revoked = await revokeInvitation(scope, id);
    if (revoked.ok) refresh();
    return revoked;
  },
);

export const changeRoleAction = authorizedAction(
  'members:write',
  z.object({ id: UserId, role: z.enum(roles) }),
  async (scope, { id, role }) => {
    const changed = await changeRole(scope, id, role);
    if (changed.ok) refresh();
    return changed;
  },
);

export const removeMemberAction = authorizedAction(
  'members:write',
  z.object({ id: UserId }),
  async (scope, { id }) => {
    const removed = await removeMember(scope, id);
    if (removed.ok) redirect('/settings/members');
    return removed;
  },
);

export const setListAccessAction = authorizedAction(
  'members:write',
  z.object({ userId: UserId, listId: ListId, access: z.enum(listAccesses).nullable() }),
  async (scope, grant) => {
    const set = await setListAccess(scope, grant);
    if (set.ok) refresh();
    return set;
  },
);
