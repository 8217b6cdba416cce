'use server';

import { z } from 'zod';
import { authorizedAction, signedInAction } from '@/lib/action';
import { WorkspaceId } from '@/lib/ids';
import { leaveWorkspace } from '@/lib/members/members';
import { chooseWorkspace } from '@/lib/workspaces/choose-workspace';
import { goHome } from '../go-home';

/** Goes on at home: what one looked at is of the other workspace. */
export const chooseWorkspaceAction = signedInAction(
  z.object({ id: WorkspaceId }),
  async (session, { id }) => {
    const chosen = await chooseWorkspace(session, id);
    if (chosen.ok) goHome();
    return chosen;
  },
);

export const leaveWorkspaceAction = authorizedAction('account', z.object({}), async (scope) => {
  const left = await leaveWorkspace(scope);
  if (left.ok) goHome();
  return left;
});
