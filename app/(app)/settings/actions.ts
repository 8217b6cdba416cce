'use server';

import { refresh } from 'next/cache';
import { authorizedAction } from '@/lib/action';
import { changeProfile } from '@/lib/workspaces/change-profile';
import { WorkspaceProfile } from '@/lib/workspaces/profile';

export const changeProfileAction = authorizedAction(
  'settings:write',
  WorkspaceProfile,
  async (scope, profile) => {
    const changed = await changeProfile(scope, profile);
    if (changed.ok) refresh();
    return changed;
  },
);
