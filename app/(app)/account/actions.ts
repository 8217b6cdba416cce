'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { changeName, changePassword } from '@/lib/auth/account';
import { PersonName } from '@/lib/auth/new-account';
import { NewPassword } from '@/lib/auth/password';
import { currentSession } from '@/lib/auth/session';
import { signOutElsewhere, signOutSession } from '@/lib/auth/sessions';
import { SessionId } from '@/lib/ids';

export const changeNameAction = authorizedAction(
  'account',
  z.object({ name: PersonName }),
  async (scope, { name }) => {
    const changed = await changeName(scope, name);
    if (changed.ok) refresh();
    return changed;
  },
);

const ChangePassword = z.object({
  current: z.string().min(1, 'Enter your current password.').max(1000),
  password: NewPassword,
});

export const changePasswordAction = authorizedAction('account', ChangePassword, async (scope, input) => {
  const session = await currentSession();
  if (!session) redirect('/sign-in');
  const changed = await changePassword(scope, session.id, input);
  if (changed.ok) refresh();
  return changed;
});

export const signOutSessionAction = authorizedAction(
  'account',
  z.object({ id: SessionId }),
  async (scope, { id }) => {
    const ended = await signOutSession(scope, id);
    refresh();
    return ended;
  },
);

export const signOutElsewhereAction = authorizedAction('account', z.object({}), async (scope) => {
  const session = await currentSession();
  if (!session) redirect('/sign-in');
  const ended = await signOutElsewhere(scope, session.id);
  if (ended.ok) refresh();
  return ended;
});
