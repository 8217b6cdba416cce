'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { z } from 'zod';
import { unsafePublicAction } from '@/lib/action';
import { NewAccount } from '@/lib/auth/new-account';
import { NewPassword } from '@/lib/auth/password';
import { resetPassword } from '@/lib/auth/password-reset';
import { signOut } from '@/lib/auth/session';
import { askForPasswordReset } from '@/lib/product-mail/password-reset-mail';
import { WorkspaceProfile } from '@/lib/workspaces/profile';
import { setUp } from '@/lib/workspaces/set-up';
import { Next, startSession } from './start-session';

const SignIn = z.object({
  email: z.string().min(1, 'Enter your e-mail address.').max(320),
  password: z.string().min(1, 'Enter your password.').max(1000),
  next: Next,
});

export const signInAction = unsafePublicAction(SignIn, async ({ email, password, next }) => {
  const result = await startSession(email, password);
  if (result.ok) redirect(next ?? '/');
  return result;
});

const SetUp = NewAccount.extend({ workspace: WorkspaceProfile });

export const setUpAction = unsafePublicAction(SetUp, async ({ workspace, ...owner }) => {
  const result = await setUp(owner, workspace);
  if (!result.ok) return result;
  const session = await startSession(owner.email, owner.password);
  redirect(session.ok ? '/' : '/sign-in');
});

export const signOutAction = unsafePublicAction(z.object({ next: Next }), async ({ next }) => {
  await signOut({ redirect: false });
  redirect(next ?? '/sign-in');
});

const networkAddress = async () => (await headers()).get('x-forwarded-for') ?? 'unknown';

const Forgot = z.object({ email: z.email('Enter a full e-mail address, such as ann@example.com.').max(254) });

export const forgotAction = unsafePublicAction(Forgot, async ({ email }) =>
  askForPasswordReset({ email, address: await networkAddress() }, after),
);

const Reset = z.object({ token: z.string().max(200), password: NewPassword });

export const resetAction = unsafePublicAction(Reset, async ({ token, password }) => {
  const result = await resetPassword({ token, password, address: await networkAddress() });
  if (result.ok) redirect('/sign-in?password=changed');
  return result;
});
