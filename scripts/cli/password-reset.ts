import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { NewAccount } from '@/lib/auth/new-account';
import { NewPassword } from '@/lib/auth/password';
import { defineCommand } from './command';
import { unwrap, withInstallation } from './installation';

export const passwordReset = defineCommand({
  name: 'password reset',
  about: 'gives somebody a new password, prints it, and ends all their sessions',
  options: {
    email: { value: 'E', about: 'their address' },
    password: { value: 'P', about: 'the new one, at least 10 characters; default: one is drawn' },
  },
  input: z.object({ email: NewAccount.shape.email, password: NewPassword.optional() }),
  run: ({ email, password }) =>
    withInstallation(async () => {
      const { replacePassword } = await import('@/lib/workspaces/replace-password');
      const chosen = password ?? randomBytes(15).toString('base64url');
      unwrap(await replacePassword(email, chosen));
      console.error(`${email} can sign in with it now, and was signed out everywhere.`);
      return { lines: password === undefined ? [chosen] : [], json: { email, password: chosen } };
    }),
});
