import { expect, test } from 'vitest';
import { mintSystemScope } from '../auth/scope';
import { signIn } from '../auth/sign-in';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { auditLog } from '../db/schema/operation';
import { senders } from '../db/schema/senders';
import { members, workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { setUp } from './set-up';

const profile = { name: 'Rosewood', postalAddress: '12 Mill Lane', country: 'DE', timeZone: 'Europe/Berlin' };

test('of two people who race, one becomes the owner, of one whole workspace', async () => {
  const racers = Array.from({ length: 5 }, (_, n) => ({
    name: `Racer ${n}`,
    email: `Racer${n}@example.com`,
    password: `password number ${n}`,
  }));
  const results = await Promise.all(racers.map((racer) => setUp(racer, profile)));
  const won = results.filter((result) => result.ok);
  expect(won).toHaveLength(1);
  expect(results.filter((result) => !result.ok && result.problem.code === 'conflict')).toHaveLength(4);

  const db = unsafeDatabase();
  expect(await db.select().from(users)).toHaveLength(1);
  expect(await db.select().from(workspaces)).toMatchObject([profile]);
  const [winner] = won;
  if (!winner?.ok) throw new Error('one must have won');
  await inScope(mintSystemScope(winner.value), async (tx) => {
    expect(await tx.select().from(members)).toMatchObject([{ role: 'owner' }]);
    expect(await tx.select().from(senders).orderBy(senders.id)).toMatchObject([
      { provider: 'sandbox', isDefault: true },
      { provider: 'sandbox_sms', isDefault: true },
    ]);
    expect(await tx.select().from(auditLog)).toMatchObject([{ action: 'workspace.created' }]);
  });

  const index = results.findIndex((result) => result.ok);
  const { email, password } = racers[index] ?? { email: '', password: '' };
  expect((await signIn({ email, password, address: '192.0.2.1', userAgent: null })).ok).toBe(true);

  const late = await setUp({ name: 'Late', email: 'late@example.com', password: 'a long password' }, profile);
  expect(late).toMatchObject({ ok: false, problem: { code: 'conflict' } });
  expect(await db.select().from(users)).toHaveLength(1);
});
