'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { unsafePublicAction } from '@/lib/action';
import { SignInRefused, signIn, signOut } from '@/lib/auth/session';
import { fail, ok, type Result } from '@/lib/errors';
import { Owner } from '@/lib/workspaces/owner';
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

const SetUp = Owner.extend({ workspace: WorkspaceProfile });

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
