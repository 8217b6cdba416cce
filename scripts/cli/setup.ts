import { z } from 'zod';
import { NewAccount } from '@/lib/auth/new-account';
import { defineCommand } from './command';
import { unwrap, withInstallation } from './installation';
import { nameFromAddress, profileInput, profileOptions } from './place';

const { email, password, name } = NewAccount.shape;
const { workspace, ...profile } = profileInput;

const Input = z.object({
  ...{ email, password, name: name.optional(), workspace: workspace.optional() },
  ...profile,
});

export const setup = defineCommand({
  name: 'setup',
  about: 'makes the first owner and their workspace, and prints the workspace’s id',
  options: {
    email: { value: 'E', about: 'the owner’s address, with which they sign in' },
    password: { value: 'P', about: 'at least 10 characters' },
    workspace: { value: 'W', about: 'the name that your readers know; default: the owner’s name' },
    name: { value: 'N', about: 'the owner’s name; default: taken from the address' },
    ...profileOptions,
  },
  input: Input,
  run: ({ email: address, password: chosen, name: said, workspace: called, ...place }) =>
    withInstallation(async () => {
      const { setUp } = await import('@/lib/workspaces/set-up');
      const owner = { name: said ?? nameFromAddress(address), email: address, password: chosen };
      const id = unwrap(await setUp(owner, { name: called ?? owner.name, ...place }));
      console.error(`${owner.email} is the owner. Sign in at ${process.env.APP_URL} once Posthaste runs.`);
      return { lines: [id], json: { workspaceId: id, email: owner.email } };
    }),
});
