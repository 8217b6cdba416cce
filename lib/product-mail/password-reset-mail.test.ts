import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPasswordReset } from '../auth/password-reset';
import { type TestPerson, testPerson } from '../auth/testing';
import { unsafeDatabase } from '../db/client';
import { passwordResets, users } from '../db/schema/accounts';
import { sandboxMessages } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { newId, UserId } from '../ids';
import { startSmtpStandIn } from '../providers/testing-smtp';
import { createSender } from '../senders/senders';
import { askForPasswordReset } from './password-reset-mail';

let addresses = 0;

/** The answer, and what is done once it is out. */
async function ask(email: string, address = `198.51.100.${addresses++}`) {
  const work: (() => Promise<void>)[] = [];
  const answer = await askForPasswordReset({ email, address }, (job) => void work.push(job));
  return { answer, work };
}

/** The mail server of the installation, and what came in for one person. */
const server = await startSmtpStandIn();
beforeAll(() => {
  env().SMTP_URL = `smtp://127.0.0.1:${server.port}`;
});
afterAll(() => server.close());
const mailOf = ({ email }: Pick<TestPerson, 'email'>) =>
  server.messages.filter((_message, n) => server.received[n] === email);

const links = () => unsafeDatabase().select().from(passwordResets);

describe('somebody who forgot their password', () => {
  test('gets a link by mail, which works', async () => {
    const ann = await testPerson();
    const { answer, work } = await ask(` ${ann.email.toUpperCase()} `);
    expect(answer).toEqual({ ok: true });
    expect(mailOf(ann)).toEqual([]); // not before the answer is out
    for (const job of work) await job();
    const [raw, ...more] = mailOf(ann);
    expect(more).toEqual([]);
    const mail = await PostalMime.parse(raw ?? '');
    expect(mail).toMatchObject({ to: [{ address: ann.email }], subject: 'Choose a new password' });
    const token = /http:\/\/localhost:3000\/reset\/([\w-]{32})\b/.exec(mail.text ?? '')?.[1] ?? '';
    expect(await findPasswordReset(token)).toBe(ann.userId);
    expect(mail.html).toContain(`http://localhost:3000/reset/${token}`);
  });

  test('hears the same when there is no such account; then nothing is written, stored or sent', async () => {
    const ann = await testPerson();
    const before = await links();
    const [known, unknown] = [await ask(ann.email), await ask('nobody@example.com')];
    expect(unknown.answer).toEqual(known.answer);
    expect(unknown.work).toHaveLength(known.work.length);
    for (const job of unknown.work) await job();
    expect(await links()).toEqual(before);
    expect(server.received).not.toContain('nobody@example.com');
  });

  test('is never written to through a workspace, whose admins could read the link', async () => {
    const ann = await testPerson();
    const theirs = await startSmtpStandIn();
    const limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };
    await createSender(
      ann.scope,
      'smtp',
      {
        channel: 'email',
        name: 'Theirs',
        fromName: 'Eve',
        fromEmail: 'eve@example.com',
        replyTo: null,
        ...limits,
      },
      {
        ...{ host: '127.0.0.1', port: theirs.port, security: 'none', user: '', password: '' },
        acceptAnyCertificate: false,
      },
    );
    for (const job of (await ask(ann.email)).work) await job();
    expect(mailOf(ann)).toHaveLength(1);
    expect(theirs.received).toEqual([]);
    expect(await inScope(ann.scope, (tx) => tx.select().from(sandboxMessages))).toEqual([]);
    await theirs.close();
  });

  test('is told whom to ask where the server has no mail of its own, whoever they are', async () => {
    const ann = await testPerson();
    const before = await links();
    const { SMTP_URL } = env();
    env().SMTP_URL = undefined;
    for (const email of [ann.email, 'nobody@example.com'])
      expect(await ask(email)).toMatchObject({
        answer: {
          ok: false,
          problem: { code: 'unavailable', message: expect.stringContaining('npm run cli') },
        },
        work: [],
      });
    env().SMTP_URL = SMTP_URL;
    expect(await links()).toEqual(before);
  });

  test('who is in no workspace gets nothing', async () => {
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
