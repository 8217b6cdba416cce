import { asc } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import type { ProductMailWords } from '../emails/product-mail';
import { env } from '../env';
import { log } from '../log';
import { providers } from '../providers/registry';
import { composeProductMail } from './send-product-mail';

const patienceMs = 20_000;

/** SMTP asks for nothing of a workspace. */
const none = () => Promise.reject(new Error('there is no workspace behind this'));

/** Whether the installation has a mail server of its own: the one of SMTP_URL. */
export const hasOwnMail = (): boolean => env().SMTP_URL !== undefined;

/**
 * Sends what opens an account through SMTP_URL, which only whoever runs the server can set: never through the sender or the
 * sandbox of a workspace, for its admins could read there what is meant for somebody else, and act as them elsewhere. Answers
 * whether it went out.
 */
export async function sendInstallationMail(
  to: { name: string; address: string },
  subject: string,
  words: ProductMailWords,
): Promise<boolean> {
  const [first] = await unsafeDatabase()
    .select({ address: users.email })
    .from(users)
    .orderBy(asc(users.createdAt), asc(users.id))
    .limit(1);
  if (!first) return false;
  // The address of whoever set Posthaste up: the first sender has it too, so that the server takes it.
  const message = await composeProductMail({ name: 'Posthaste', ...first }, to, subject, words);
  const connection = providers.smtp.open(
    { url: env().SMTP_URL },
    { store: none, storeTexts: none, report: none, failedAttempts: none },
  );
  try {
    const [result] = await connection.send([message], AbortSignal.timeout(patienceMs));
    if (result?.outcome !== 'sent')
      log.error(
        { outcome: result?.outcome, detail: result?.detail },
        'a message of the product did not go out',
      );
    return result?.outcome === 'sent';
  } finally {
    await connection.close();
  }
}
