'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { z } from 'zod';
import { unsafePublicAction } from '@/lib/action';
import { PersonName } from '@/lib/auth/account';
import { NewPassword } from '@/lib/auth/password';
import { resetPassword } from '@/lib/auth/password-reset';
import { SignInRefused, signIn, signOut } from '@/lib/auth/session';
import { fail, ok, type Result } from '@/lib/errors';
import { askForPasswordReset } from '@/lib/product-mail/password-reset-mail';
import { WorkspaceProfile } from '@/lib/workspaces/profile';
import { setUp } from '@/lib/workspaces/set-up';

async function startSession(email: string, password: string): Promise<Result<undefined>> {
  try {
    await signIn('credentials', { email, password, redirect: false });
    return ok();
  } catch (error) {
    if (error instanceof SignInRefused) return fail('unauthenticated', error.problemMessage);
    throw error;
  }
}

const SignIn = z.object({
  email: z.string().min(1, 'Enter your e-mail address.').max(320),
  password: z.string().min(1, 'Enter your password.').max(1000),
});

export const signInAction = unsafePublicAction(SignIn, async ({ email, password }) => {
  const result = await startSession(email, password);
  if (result.ok) redirect('/');
  return result;
});

const SetUp = z.object({
  name: PersonName,
  email: z.email('Enter a full e-mail address, such as ann@example.com.').max(254),
  password: NewPassword,
  workspace: WorkspaceProfile,
});

export const setUpAction = unsafePublicAction(SetUp, async ({ workspace, ...owner }) => {
  const result = await setUp(owner, workspace);
  if (!result.ok) return result;
  const session = await startSession(owner.email, owner.password);
  redirect(session.ok ? '/' : '/sign-in');
});

export const signOutAction = unsafePublicAction(z.object({}), async () => {
  await signOut({ redirect: false });
  redirect('/sign-in');
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
