import { decrypt, encrypt } from '../auth/secrets';
import { unsafeDatabase } from '../db/client';
import { instance } from '../db/schema/operation';
import type { Transaction } from '../db/scoped';
import type { ProviderName } from '../db/states';
import { env } from '../env';
import { TwilioConfig } from '../providers/twilio';

const sealed = (secret: string | undefined) =>
  secret === undefined ? null : encrypt('provider-config', secret);
const opened = (secret: string | null | undefined) =>
  secret ? decrypt('provider-config', secret) : undefined;

function twilioSettings(): string | undefined {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM } = env();
  if (!TWILIO_ACCOUNT_SID || !TWILIO_AUTH_TOKEN || !TWILIO_FROM) return undefined;
  const settings = { accountSid: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN, from: TWILIO_FROM };
  return JSON.stringify(settings);
}

/**
 * Keeps the SMTP_URL, RESEND_API_KEY and TWILIO_… with which the app was started, for workspaces that are made beside it: whoever makes
 * one by command need not have the app's environment.
 */
export async function keepFirstSenders(): Promise<void> {
  const { SMTP_URL, RESEND_API_KEY } = env();
  await unsafeDatabase()
    .update(instance)
    .set({
      smtpUrl: sealed(SMTP_URL),
      resendApiKey: sealed(RESEND_API_KEY),
      twilio: sealed(twilioSettings()),
    });
}

export type FirstSender = { provider: ProviderName; name: string; settings: Record<string, unknown> };

/** Through what a new workspace sends beside the sandboxes; of each channel its default first. */
export async function firstSenders(tx: Transaction): Promise<FirstSender[]> {
  const { SMTP_URL, RESEND_API_KEY } = env();
  const [kept] = await tx
    .select({ smtpUrl: instance.smtpUrl, resendApiKey: instance.resendApiKey, twilio: instance.twilio })
    .from(instance);
  const url = SMTP_URL ?? opened(kept?.smtpUrl);
  const apiKey = RESEND_API_KEY ?? opened(kept?.resendApiKey);
  const found: FirstSender[] = [];
  if (url !== undefined) found.push({ provider: 'smtp', name: 'SMTP', settings: { url } });
  if (apiKey !== undefined) found.push({ provider: 'resend', name: 'Resend', settings: { apiKey } });
  const twilio = twilioSettings() ?? opened(kept?.twilio);
  if (twilio !== undefined)
    found.push({ provider: 'twilio', name: 'Twilio', settings: TwilioConfig.parse(JSON.parse(twilio)) });
  return found;
}
