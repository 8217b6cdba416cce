import { eq, sql } from 'drizzle-orm';
import { countAttempt, tooManyAttempts } from '../auth/attempts';
import { newPasswordReset } from '../auth/password-reset';
import { scopesOfPerson } from '../auth/principals';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { asUser } from '../db/scoped';
import { env } from '../env';
import { fail, ok, type Result } from '../errors';
import { log } from '../log';
import { hasOwnMail, sendInstallationMail } from './installation-mail';

const perAccount = { limit: 5, windowSeconds: 60 * 60 };
const perAddress = { limit: 20, windowSeconds: 60 * 60 };

/**
 * Takes the wish for a new password. The answer is the same, and as quick, whether there is such an account: who it is, is
 * looked up in what `later` runs once the answer is out.
 */
export async function askForPasswordReset(
  { email, address }: { email: string; address: string },
  later: (work: () => Promise<void>) => void,
): Promise<Result<undefined>> {
  if (!hasOwnMail())
    return fail(
      'unavailable',
      'This server has no mail server of its own, so it cannot send you a link. Ask whoever runs it: “npm run cli -- password reset” gives you a new password.',
    );
  const waits = [
    await countAttempt('forgot-account', email.trim(), perAccount),
    await countAttempt('forgot-address', address, perAddress),
  ];
  const wait = Math.max(...waits);
  if (wait > 0) return tooManyAttempts(wait);
  later(() =>
    sendPasswordReset(email).catch((error: unknown) =>
      log.error({ err: error }, 'a link for a new password could not be sent'),
    ),
  );
  return ok();
}

/** Whoever is in no workspace has nothing to sign in to. */
async function sendPasswordReset(email: string): Promise<void> {
  const [user] = await unsafeDatabase()
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.trim().toLowerCase()));
  if (!user) return;
  const [first] = await asUser(user.id, (tx) => scopesOfPerson(tx, user.id, null));
  if (!first) return;
  const { APP_URL } = env();
  const token = await newPasswordReset(user.id);
  await sendInstallationMail({ name: user.name, address: user.email }, 'Choose a new password', {
    title: 'Choose a new password',
    paragraphs: [
      `Somebody, probably you, asked for a new password for your account at ${new URL(APP_URL).host}.`,
      'The link works once, within an hour. Until then your password stays as it is. If it was not you, leave this message alone.',
    ],
    action: { label: 'Choose a new password', url: `${APP_URL}/reset/${token}` },
  });
}
