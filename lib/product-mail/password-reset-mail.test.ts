import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { findPasswordReset } from '../auth/password-reset';
import { type TestPerson, testPerson } from '../auth/testing';
import { unsafeDatabase } from '../db/client';
import { members, passwordResets, sandboxMessages, users } from '../db/schema';
import { inScope } from '../db/scoped';
import { newId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { askForPasswordReset } from './password-reset-mail';

let addresses = 0;

/** The answer, and what is done once it is out. */
async function ask(email: string, address = `198.51.100.${addresses++}`) {
  const work: (() => Promise<void>)[] = [];
  const answer = await askForPasswordReset({ email, address }, (job) => void work.push(job));
  return { answer, work };
}

const inboxOf = ({ scope }: Pick<TestPerson, 'scope'>) =>
  inScope(scope, (tx) =>
    tx.select().from(sandboxMessages).where(eq(sandboxMessages.workspaceId, scope.workspaceId)),
  );
const links = () => unsafeDatabase().select().from(passwordResets);

describe('somebody who forgot their password', () => {
  test('gets a link by mail, which works', async () => {
    const ann = await testPerson();
    const { answer, work } = await ask(` ${ann.email.toUpperCase()} `);
    expect(answer).toEqual({ ok: true });
    expect(await inboxOf(ann)).toEqual([]); // not before the answer is out
    for (const job of work) await job();
    const [mail, ...more] = await inboxOf(ann);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: ann.email, subject: 'Choose a new password', deliveryId: null });
    const token = /http:\/\/localhost:3000\/reset\/([\w-]{32})\b/.exec(mail?.text ?? '')?.[1] ?? '';
    expect(await findPasswordReset(token)).toBe(ann.userId);
    expect(mail?.html).toContain(`http://localhost:3000/reset/${token}`);
  });

  test('hears the same when there is no such account; then nothing is written, stored or sent', async () => {
    const ann = await testPerson();
    const before = await links();
    const [known, unknown] = [await ask(ann.email), await ask('nobody@example.com')];
    expect(unknown.answer).toEqual(known.answer);
    expect(unknown.work).toHaveLength(known.work.length);
    for (const job of unknown.work) await job();
    expect(await links()).toEqual(before);
    expect(await inboxOf(ann)).toEqual([]);
  });

  test('is written to through the workspace they came to first, and through none when they are in none', async () => {
    const ann = await testPerson();
    const { scope } = await testWorkspace('Later');
    await inScope(scope, (tx) =>
      tx.insert(members).values({ workspaceId: scope.workspaceId, userId: ann.userId, role: 'owner' }),
    );
    for (const job of (await ask(ann.email)).work) await job();
    expect(await inboxOf(ann)).toHaveLength(1);
    expect(await inboxOf({ scope })).toEqual([]);

    const id = newId(UserId);
    const alone = `${id}@example.com`;
    await unsafeDatabase().insert(users).values({ id, email: alone, name: 'Alone', passwordHash: '!' });
    for (const job of (await ask(alone)).work) await job();
    expect((await links()).filter(({ userId }) => userId === id)).toEqual([]);
  });

  test('can ask five times an hour, whether there is an account or not, and twenty from one network address', async () => {
    const ann = await testPerson();
    for (const email of [ann.email, 'stranger@example.com']) {
      const codes: string[] = [];
      for (let n = 0; n < 6; n++) {
        const { answer, work } = await ask(email);
        codes.push(answer.ok ? 'asked' : answer.problem.code);
        expect(work).toHaveLength(answer.ok ? 1 : 0);
      }
      expect(codes).toEqual([...Array(5).fill('asked'), 'rate_limited']);
    }
    const answers = [];
    for (let n = 0; n < 21; n++) answers.push((await ask(`p${n}@example.com`, '203.0.113.9')).answer.ok);
    expect(answers).toEqual([...Array(20).fill(true), false]);
  });
});
