import { z } from 'zod';
import { NewAccount } from '@/lib/auth/new-account';
import { defineCommand } from './command';
import { unwrap, withInstallation } from './installation';
import { profileInput, profileOptions } from './place';

const { workspace: name, ...profile } = profileInput;

export const workspaceCreate = defineCommand({
  name: 'workspace create',
  about: 'makes another workspace, and prints its id',
  options: {
    name: { value: 'W', about: 'the name that its readers know' },
    owner: { value: 'E', about: 'the address of somebody who has an account here' },
    ...profileOptions,
  },
  input: z.object({ name, owner: NewAccount.shape.email, ...profile }),
  run: ({ owner, ...place }) =>
    withInstallation(async () => {
      const { addWorkspace } = await import('@/lib/workspaces/add-workspace');
      const id = unwrap(await addWorkspace(owner, place));
      return { lines: [id], json: { workspaceId: id } };
    }),
});
