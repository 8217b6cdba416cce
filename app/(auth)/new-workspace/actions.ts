'use server';

import { signedInAction } from '@/lib/action';
import { addWorkspace } from '@/lib/workspaces/choose-workspace';
import { WorkspaceProfile } from '@/lib/workspaces/profile';
import { goHome } from '../../go-home';

export const addWorkspaceAction = signedInAction(WorkspaceProfile, async (session, profile) => {
  const made = await addWorkspace(session, profile);
  if (made.ok) goHome();
  return made;
});
