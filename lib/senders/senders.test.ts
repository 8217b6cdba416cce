import { and, eq, sql } from 'drizzle-orm';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Scope } from '../auth/scope';
import { encrypt } from '../auth/secrets';
import { saveDraft } from '../campaigns/draft';
import { testCampaign } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { sandboxMessages } from '../db/schema/deliveries';
import { auditLog } from '../db/schema/operation';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { closeBreaker, openBreaker } from '../deliveries/breaker';
import { newId, SenderId } from '../ids';
import { testMessage } from '../providers/testing-message';
import { startSmtpStandIn, unusedPort } from '../providers/testing-smtp';
import { testWorkspace } from '../workspaces/testing';
import { closeSenders, openSender } from './open-sender';
import { SenderDetails } from './sender-input';
import {
  checkSender,
  createSender,
  deleteSender,
  findSender,
  listSenders,
  setDefaultSender,
  updateSender,
} from './senders';
import { openEmailSender } from './testing';

const details = {
  channel: 'email' as const,
  name: 'Office',
  fromName: 'Ann',
  fromEmail: 'ann@example.com',
  replyTo: null,
  ...{ perSecond: null, perMinute: null, perHour: null, perDay: null },
};
const smtp = { host: 'smtp.example.com', port: 587, security: 'auto', user: 'ann', password: 'hunter2' };
const never = () => new AbortController().signal;

afterAll(closeSenders);

async function withSender(settings: Record<string, string | number | boolean> = smtp) {
  const { scope, senderId } = await testWorkspace();
  const made = await createSender(scope, 'smtp', details, settings);
  if (!made.ok) throw new Error(JSON.stringify(made.problem));
  return { scope, sandboxId: senderId, id: made.value.id };
}

async function rowOf(scope: Scope, id: SenderId) {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select()
      .from(senders)
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, id))),
  );
  return row;
}

describe('a sender', () => {
  it('keeps its password to itself', async () => {
    const { scope, id } = await withSender();
    const found = await findSender(scope, id);
    expect(JSON.stringify([found, await listSenders(scope)])).not.toContain('hunter2');
    expect(found).toMatchObject({
      value: { settings: { secretsSet: ['password'], values: { user: 'ann' } } },
    });
    expect((await rowOf(scope, id))?.config).not.toContain('hunter2');
    const audits = await inScope(scope, (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.workspaceId, scope.workspaceId)),
    );
    expect(audits.map((row) => row.action)).toContain('sender.created');
    expect(JSON.stringify(audits)).not.toContain('hunter2');
  });

  it('keeps a password that is left empty, but takes it nowhere else, and not less protected', async () => {
    const { scope, id } = await withSender();
    const before = await rowOf(scope, id);
    const others: Partial<typeof smtp & { acceptAnyCertificate: boolean }>[] = [
      { host: 'smtp.example.org' },
      { port: 2525 },
      { user: 'eve' },
      { security: 'none' },
      { acceptAnyCertificate: true },
    ];
    for (const other of others)
      expect(await updateSender(scope, id, details, { ...smtp, ...other, password: '' })).toMatchObject({
        ok: false,
        problem: { code: 'invalid', fields: { 'settings.password': expect.any(String) } },
      });
    const stolen = await checkSender(scope, {
      id,
      provider: 'smtp',
      settings: { ...smtp, host: '127.0.0.1', password: '' },
    });
    expect(stolen.ok).toBe(false);
    expect(await rowOf(scope, id)).toEqual(before);
    const renamed = { ...details, name: 'Renamed' };
    expect((await updateSender(scope, id, renamed, { ...smtp, password: '' })).ok).toBe(true);
    const after = await findSender(scope, id);
    expect(after).toMatchObject({ value: { name: 'Renamed', settings: { secretsSet: ['password'] } } });
  });

  it('refuses settings that cannot be, by field', async () => {
    const { scope } = await testWorkspace();
    const refused = await createSender(scope, 'smtp', details, { ...smtp, host: 'https://x/y', port: 0 });
    expect(refused).toMatchObject({
      ok: false,
      problem: { fields: { 'settings.host': expect.any(String), 'settings.port': expect.any(String) } },
    });
    expect((await listSenders(scope)).map(({ provider }) => provider).sort()).toEqual([
      'sandbox',
      'sandbox_sms',
    ]);
  });

  it.each([
    { fromName: 'Ann\r\nBcc: eve@example.org' },
    { fromEmail: 'ann@example.com\r\nX: y' },
    { fromEmail: 'ann' },
    { replyTo: 'a@example.com, b@example.com' },
    { name: '' },
    { perMinute: 0 },
    { perMinute: 1.5 },
    { perSecond: 0 },
    { perHour: -1 },
    { perDay: 1_000_001 },
  ])('refuses %j', (wrong) => {
    expect(SenderDetails.safeParse({ ...details, replyTo: '', ...wrong }).success).toBe(false);
  });

  it('is the default alone', async () => {
    const { scope, id, sandboxId } = await withSender();
    expect((await setDefaultSender(scope, id)).ok).toBe(true);
    const emails = (await listSenders(scope)).filter(({ channel }) => channel === 'email');
    expect(emails.map((sender) => [sender.id, sender.isDefault])).toEqual([
      [id, true],
      [sandboxId, false],
    ]);
  });

  it('belongs to its workspace: another sees and changes nothing', async () => {
    const { scope, id } = await withSender();
    const other = (await testWorkspace('Other')).scope;
    const before = await rowOf(scope, id);
    const answers = [
      await findSender(other, id),
      await updateSender(other, id, details, smtp),
      await setDefaultSender(other, id),
      await deleteSender(other, id),
      await checkSender(other, { id, provider: 'smtp', settings: smtp }),
    ];
    expect(answers.map((answer) => !answer.ok && answer.problem.code)).toEqual(
      answers.map(() => 'not_found'),
    );
    expect(await rowOf(scope, id)).toEqual(before);
  });

  it('keeps limits a proposal until somebody says others', async () => {
    const { scope, id } = await withSender();
    const same = { ...details, perMinute: 100 };
    await inScope(scope, (tx) =>
      tx
        .update(senders)
        .set({ ...same, limitsProposed: true })
        .where(eq(senders.id, id)),
    );
    await updateSender(scope, id, same, smtp);
    expect(await rowOf(scope, id)).toMatchObject({ perMinute: 100, limitsProposed: true });
    await updateSender(scope, id, { ...same, perMinute: 200 }, smtp);
    expect(await rowOf(scope, id)).toMatchObject({ perMinute: 200, limitsProposed: false });
  });

  it('cannot be deleted while it is the default or a campaign goes out through it', async () => {
    const { scope, id, sandboxId } = await withSender();
    expect(await deleteSender(scope, sandboxId)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    const campaignId = await testCampaign(scope, id, [], { status: 'paused' });
    const draftId = await testCampaign(scope, id, []);
    expect(await deleteSender(scope, id)).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('Autumn') },
    });
    const ofCampaign = and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, campaignId));
    await inScope(scope, (tx) => tx.update(campaigns).set({ status: 'completed' }).where(ofCampaign));
    expect((await deleteSender(scope, id)).ok).toBe(true);
    const left = await inScope(scope, (tx) =>
      tx
        .select({ id: campaigns.id, senderId: campaigns.senderId, revision: campaigns.revision })
        .from(campaigns)
        .where(eq(campaigns.workspaceId, scope.workspaceId))
        .orderBy(campaigns.id),
    );
    expect(left).toEqual(
      [
        { id: campaignId, senderId: null, revision: 1 },
        { id: draftId, senderId: null, revision: 2 },
      ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    const stale = await saveDraft(scope, draftId, { revision: 1, changes: { subject: 'Late' } });
    expect(stale).toMatchObject({ ok: false, problem: { code: 'conflict' } });
  });

  it('cannot be deleted when a draft is being sent through it at that very moment', async () => {
    const { scope, id } = await withSender();
    const campaignId = await testCampaign(scope, id, []);
    const ofCampaign = and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, campaignId));
    const waiting = sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    let deleting: ReturnType<typeof deleteSender> | undefined;
    await inScope(scope, async (tx) => {
      await tx.update(campaigns).set({ status: 'sending' }).where(ofCampaign);
      deleting = deleteSender(scope, id);
      await vi.waitUntil(async () => (await unsafeDatabase().execute(waiting)).length > 0);
    });
    expect(await deleting).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    const [row] = await inScope(scope, (tx) => tx.select().from(campaigns).where(ofCampaign));
    expect(row).toMatchObject({ senderId: id, status: 'sending' });
  });
});

describe('an open sender', () => {
  it('is the same for the same settings, and another once they change', async () => {
    const { scope, id } = await withSender();
    const row = await rowOf(scope, id);
    if (!row) throw new Error('it was made');
    const open = openSender(scope, row);
    expect(openSender(scope, { ...row })).toBe(open);
    await updateSender(scope, id, details, { ...smtp, port: 2525 });
    const changed = await rowOf(scope, id);
    if (!changed) throw new Error('it was made');
    expect(openSender(scope, changed)).not.toBe(open);
  });

  it('says what to do when APP_SECRET was changed, and does not throw', async () => {
    const { scope } = await testWorkspace();
    const row = { id: newId(SenderId), provider: 'smtp' as const, config: encrypt('session', '{}') };
    const [result] = await openEmailSender(scope, row).send([testMessage()], never());
    expect(result).toMatchObject({ outcome: 'misconfigured', detail: expect.stringContaining('APP_SECRET') });
  });

  it('takes the settings of SMTP_URL', async () => {
    const { scope } = await testWorkspace();
    const standIn = await startSmtpStandIn();
    const config = encrypt('provider-config', JSON.stringify({ url: `smtp://127.0.0.1:${standIn.port}` }));
    const open = openEmailSender(scope, { id: newId(SenderId), provider: 'smtp', config });
    expect(await open.send([testMessage('bob@example.net')], never())).toMatchObject([{ outcome: 'sent' }]);
    expect(standIn.received).toEqual(['bob@example.net']);
    await closeSenders();
    await standIn.close();
  });

  it('is of one channel, as its provider is', async () => {
    const { scope } = await testWorkspace();
    const settings = { accountSid: 'AC1', authToken: 'x', from: '+1 500 555-0006' };
    const limits = { perSecond: null, perMinute: 10, perHour: null, perDay: null };
    const texts = { channel: 'sms' as const, name: 'Texts', ...limits };
    expect(await createSender(scope, 'twilio', details, settings)).toMatchObject({
      problem: { code: 'invalid' },
    });
    expect(await createSender(scope, 'smtp', texts, smtp)).toMatchObject({ problem: { code: 'invalid' } });
    const made = await createSender(scope, 'twilio', texts, settings);
    if (!made.ok) throw new Error(made.problem.message);
    expect(await findSender(scope, made.value.id)).toMatchObject({
      value: { channel: 'sms', isDefault: false, settings: { values: { from: '+15005550006' } } },
    });
    await setDefaultSender(scope, made.value.id);
    const defaults = (await listSenders(scope)).filter(({ isDefault }) => isDefault);
    expect(defaults.map(({ provider }) => provider).sort()).toEqual(['sandbox', 'twilio']);
  });

  it('says what keeps it from sending, while something does', async () => {
    const { scope, id } = await withSender();
    await openBreaker(scope, id, 'It does not answer.', { probe: false });
    expect(await findSender(scope, id)).toMatchObject({ value: { problem: 'It does not answer.' } });
    const problems = (await listSenders(scope)).map((sender) => [sender.id === id, sender.problem]);
    expect(problems).toContainEqual([true, 'It does not answer.']);
    expect(problems).toContainEqual([false, null]);
    await closeBreaker(scope, id);
    expect(await findSender(scope, id)).toMatchObject({ value: { problem: null } });
  });

  it('puts what the sandbox takes into the inbox of its workspace', async () => {
    const { scope, senderId } = await testWorkspace();
    const row = await rowOf(scope, senderId);
    if (!row) throw new Error('a workspace has a sandbox');
    const [result] = await openEmailSender(scope, row).send(
      [testMessage('bob@example.net', { deliveryId: null })],
      never(),
    );
    const stored = await inScope(scope, (tx) =>
      tx.select().from(sandboxMessages).where(eq(sandboxMessages.workspaceId, scope.workspaceId)),
    );
    expect(stored).toMatchObject([{ to: 'bob@example.net', subject: 'Hello', deliveryId: null }]);
    expect(result).toEqual({ outcome: 'sent', providerMessageId: stored[0]?.id });
  });
});

describe('checking a connection', () => {
  const check = async (settings: Record<string, string | number | boolean>, limitMs?: number) => {
    const { scope } = await testWorkspace();
    const answer = await checkSender(scope, { provider: 'smtp', settings }, limitMs);
    if (!answer.ok) throw new Error(answer.problem.message);
    return answer.value.ok ? answer.value.detail : answer.value.problem;
  };
  const local = (port: number) => ({ host: '127.0.0.1', port });

  it('says that it works, and sends nothing', async () => {
    const standIn = await startSmtpStandIn();
    expect(await check(local(standIn.port))).toContain('Connected');
    expect(standIn.received).toEqual([]);
    await standIn.close();
  });

  it('says that nothing answers, or that there is no such server', async () => {
    expect(await check(local(await unusedPort()))).toContain('Nothing answers');
    expect(await check({ host: 'no-such-host.invalid', port: 587 })).toContain('no server named');
  });

  it.each([
    ['535 5.7.8 no', 'User name or password is not right'],
    ['454 4.7.0 later', 'at the moment'],
    ['drop', 'while signing in'],
  ])('says what is wrong with the password: %s', async (act, words) => {
    const standIn = await startSmtpStandIn((at) =>
      at === 'ehlo' ? '250-stand-in\r\n250 AUTH PLAIN' : at === 'auth' ? act : undefined,
    );
    const said = await check({ ...local(standIn.port), user: 'ann', password: 'hunter2' });
    expect(said).toContain(words);
    expect(said).not.toContain('hunter2');
    await standIn.close();
  });

  it('says that the server offers no sign-in', async () => {
    const standIn = await startSmtpStandIn();
    expect(await check({ ...local(standIn.port), user: 'ann', password: 'x' })).toContain(
      'offers no sign-in',
    );
    await standIn.close();
  });

  it('says that TLS and port do not go together', async () => {
    const standIn = await startSmtpStandIn();
    expect(await check({ ...local(standIn.port), security: 'tls' })).toContain('does not speak TLS');
    await standIn.close();
  });

  it('gives up on a server that hangs', async () => {
    const standIn = await startSmtpStandIn(() => 'hang');
    expect(await check(local(standIn.port), 200)).toContain('did not answer in time');
    await standIn.close();
  });
});
