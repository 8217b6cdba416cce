import { decrypt, encrypt } from '../auth/secrets';
import { unsafeDatabase } from '../db/client';
import { instance } from '../db/schema';
import type { Transaction } from '../db/scoped';
import { env } from '../env';

/**
 * Keeps the SMTP_URL with which the app was started, for workspaces that are made beside it: whoever makes one by command
 * need not have the app's environment.
 */
export async function keepSmtpUrl(): Promise<void> {
  const { SMTP_URL: url } = env();
  const smtpUrl = url === undefined ? null : encrypt('provider-config', url);
  await unsafeDatabase().update(instance).set({ smtpUrl });
}

/** The server that the first sender of a new workspace sends through; undefined: none but the sandbox. */
export async function firstSmtpUrl(tx: Transaction): Promise<string | undefined> {
  const { SMTP_URL: url } = env();
  if (url !== undefined) return url;
  const [kept] = await tx.select({ smtpUrl: instance.smtpUrl }).from(instance);
  return kept?.smtpUrl ? decrypt('provider-config', kept.smtpUrl) : undefined;
}
