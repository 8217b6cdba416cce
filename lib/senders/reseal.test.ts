import { eq } from 'drizzle-orm';
import { afterEach, expect, it } from 'vitest';
import { decrypt, encrypt } from '../auth/secrets';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { env, required } from '../env';
import { testWorkspace } from '../workspaces/testing';
import { resealSenders } from './reseal';

const first = required('APP_SECRET');
afterEach(() => Object.assign(env(), { APP_SECRET: first, APP_SECRET_PREVIOUS: undefined }));

it('goes over to a new APP_SECRET: settings are sealed anew, and the former secret can go', async () => {
  const { scope, senderId } = await testWorkspace();
  const ofSender = eq(senders.id, senderId);
  const config = encrypt('provider-config', '{"password":"s3cret"}');
  await inScope(scope, (tx) => tx.update(senders).set({ config }).where(ofSender));
  Object.assign(env(), {
    APP_SECRET: 'another secret of more than 32 characters',
    APP_SECRET_PREVIOUS: first,
  });
  expect(decrypt('provider-config', config)).toBe('{"password":"s3cret"}');
  await resealSenders();
  Object.assign(env(), { APP_SECRET_PREVIOUS: undefined });
  expect(decrypt('provider-config', config)).toBeUndefined();
  const [row] = await inScope(scope, (tx) => tx.select().from(senders).where(ofSender));
  expect(decrypt('provider-config', row?.config ?? '')).toBe('{"password":"s3cret"}');

  await resealSenders();
  const [same] = await inScope(scope, (tx) => tx.select().from(senders).where(ofSender));
  expect(same).toEqual(row);
});
