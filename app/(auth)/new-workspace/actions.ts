'use server';

import { redirect } from 'next/navigation';
import { signedInAction } from '@/lib/action';
import { addWorkspace } from '@/lib/workspaces/choose-workspace';
import { WorkspaceProfile } from '@/lib/workspaces/profile';

export const addWorkspaceAction = signedInAction(WorkspaceProfile, async (session, profile) => {
  const made = await addWorkspace(session, profile);
  if (made.ok) redirect('/');
  return made;
});
