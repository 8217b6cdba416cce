import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { instance } from '../db/schema/operation';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { firstSenders, keepFirstSenders } from './first-sender';
import { testWorkspace } from './testing';

const url = 'smtp://user:secret@smtp.example.com:587';
const settings = env();

const twilioNames = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] as const;
const twilio = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'secret', TWILIO_FROM: '+15005550006' };

/** As for a command in another shell than the app's. */
type Given = Partial<Record<'SMTP_URL' | 'RESEND_API_KEY' | (typeof twilioNames)[number], string>>;

async function startedWith(given: Given): Promise<void> {
  Object.assign(settings, given);
  await keepFirstSenders();
  delete settings.SMTP_URL;
  delete settings.RESEND_API_KEY;
  for (const name of twilioNames) delete settings[name];
}

const sendersOfNew = async (channel: 'email' | 'sms' = 'email') => {
  const { scope } = await testWorkspace();
  return inScope(scope, (tx) => tx.select().from(senders).where(eq(senders.channel, channel)));
};

it.each([
  [{ SMTP_URL: url }, ['smtp', 'sandbox']],
  [{ RESEND_API_KEY: 're_secret' }, ['resend', 'sandbox']],
  [{ SMTP_URL: url, RESEND_API_KEY: 're_secret' }, ['smtp', 'resend', 'sandbox']],
])('gives workspaces that are made beside the app what %o says', async (given, expected) => {
  await startedWith(given);
  expect(JSON.stringify(await unsafeDatabase().select().from(instance))).not.toContain('secret');
  const made = await sendersOfNew();
  expect(made.map(({ provider }) => provider).sort()).toEqual(expected.toSorted());
  expect(made.filter(({ isDefault }) => isDefault)).toMatchObject([
    { provider: expected[0], perMinute: 100, limitsProposed: true },
  ]);
});

it('gives them the sandbox alone once the app was started without', async () => {
  await startedWith({ SMTP_URL: url, RESEND_API_KEY: 're_secret' });
  await startedWith({});
  expect(await unsafeDatabase().transaction(firstSenders)).toEqual([]);
  expect(await sendersOfNew()).toMatchObject([{ provider: 'sandbox', isDefault: true }]);
});

it('gives them Twilio as the default for text messages, and the sandbox of those beside it', async () => {
  await startedWith(twilio);
  expect(JSON.stringify(await unsafeDatabase().select().from(instance))).not.toContain('secret');
  const made = await sendersOfNew('sms');
  expect(made.map(({ provider, isDefault }) => `${provider} ${isDefault}`).toSorted()).toEqual([
    'sandbox_sms false',
    'twilio true',
  ]);
  expect(made.map(({ perMinute }) => perMinute)).toEqual([10, 10]);
  await startedWith({});
  expect(await sendersOfNew('sms')).toMatchObject([{ provider: 'sandbox_sms', isDefault: true }]);
});
