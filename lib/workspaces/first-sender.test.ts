import { expect, it } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { instance, senders } from '../db/schema';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { firstSmtpUrl, keepSmtpUrl } from './first-sender';
import { testWorkspace } from './testing';

const url = 'smtp://user:secret@smtp.example.com:587';

it('gives workspaces that are made beside the app the server with which the app was started', async () => {
  const settings = env();
  settings.SMTP_URL = url;
  await keepSmtpUrl();
  delete settings.SMTP_URL; // as for a command in another shell
  const [kept] = await unsafeDatabase().select().from(instance);
  expect(kept?.smtpUrl).not.toContain('secret');
  const { scope } = await testWorkspace();
  const made = await inScope(scope, (tx) => tx.select().from(senders));
  expect(made.find(({ isDefault }) => isDefault)).toMatchObject({
    ...{ provider: 'smtp', perMinute: 100, limitsProposed: true },
  });

  await keepSmtpUrl();
  expect(await unsafeDatabase().transaction(firstSmtpUrl)).toBeUndefined();
});
