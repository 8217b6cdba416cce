import { expect, it } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { instance, senders } from '../db/schema';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { firstSenders, keepFirstSenders } from './first-sender';
import { testWorkspace } from './testing';

const url = 'smtp://user:secret@smtp.example.com:587';
const settings = env();

/** As for a command in another shell than the app's. */
async function startedWith(given: { SMTP_URL?: string; RESEND_API_KEY?: string }): Promise<void> {
  Object.assign(settings, given);
  await keepFirstSenders();
  delete settings.SMTP_URL;
  delete settings.RESEND_API_KEY;
}

const sendersOfNew = async () => {
  const { scope } = await testWorkspace();
  return inScope(scope, (tx) => tx.select().from(senders));
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
