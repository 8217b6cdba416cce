'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { signedInAction, unsafePublicAction } from '@/lib/action';
import { countAttempt } from '@/lib/auth/attempts';
import { NewAccount } from '@/lib/auth/new-account';
import { fail } from '@/lib/errors';
import { acceptInvitation, joinWithNewAccount } from '@/lib/members/join';
import { chooseWorkspace } from '@/lib/workspaces/choose-workspace';
import { goHome } from '../../../go-home';
import { startSession } from '../../start-session';

const token = z.string().max(200);
const perAddress = { limit: 20, windowSeconds: 15 * 60 };

export const acceptInvitationAction = signedInAction(z.object({ token }), async (session, input) => {
  const address = (await headers()).get('x-forwarded-for');
  const joined = await acceptInvitation(session.user, input.token, address);
  if (!joined.ok) return joined;
  await chooseWorkspace(session, joined.value);
  goHome();
});

export const joinAction = unsafePublicAction(
  NewAccount.extend({ token }),
  async ({ token: invitation, ...account }) => {
    const address = (await headers()).get('x-forwarded-for');
    const wait = await countAttempt('join-address', address ?? 'unknown', perAddress);
    if (wait > 0)
      return fail('rate_limited', `Too many attempts. Try again in ${Math.ceil(wait / 60)} minutes.`, {
        retryAfterSeconds: wait,
      });
    const joined = await joinWithNewAccount(invitation, account, address);
    if (!joined.ok) return joined;
    const session = await startSession(joined.value.email, account.password);
    redirect(session.ok ? '/' : '/sign-in');
  },
);
