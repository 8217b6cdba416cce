import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { auditLog } from '../db/schema/operation';
import { mailboxes, senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { env, required } from '../env';
import { newId, SenderId } from '../ids';
import type { ProviderSettings } from '../senders/sender-input';
import { sealSettings } from '../senders/sender-settings';
import { deleteSender } from '../senders/senders';
import { testWorkspace } from '../workspaces/testing';
import { checkMailbox, findMailbox, mailboxConfigOf, removeMailbox, saveMailbox } from './mailboxes';
import { resealMailboxes } from './reseal-mailboxes';
import { startImap } from './testing-imap';
import { password, type StandIn, user } from './testing-mail';
import { startPop3 } from './testing-pop3';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function smtpSender() {
  const { scope, senderId } = await testWorkspace();
  const config = sealSettings({ host: '127.0.0.1', port: 9 });
  await inScope(scope, (tx) =>
    tx.update(senders).set({ provider: 'smtp', config }).where(eq(senders.id, senderId)),
  );
  return { scope, senderId };
}

const settings = { protocol: 'imap', host: 'imap.example.com', port: 993, user, password };

const keptRow = async (scope: Scope) => {
  const [row] = await inScope(scope, (tx) => tx.select().from(mailboxes));
  return row && { ...row, config: mailboxConfigOf(row) };
};

describe('the mailbox of a sender', () => {
  it('is kept encrypted, shown without its password, and told in the audit log', async () => {
    const { scope, senderId } = await smtpSender();
    expect(await saveMailbox(scope, senderId, settings)).toMatchObject({ ok: true });
    const [row] = await inScope(scope, (tx) => tx.select().from(mailboxes));
    expect(row?.config).toMatch(/^v1\./);
    const shown = await findMailbox(scope, senderId);
    expect(shown?.values).toMatchObject({ host: 'imap.example.com', password: '', folder: '' });
    expect(JSON.stringify(shown)).not.toContain(password);
    const told = await inScope(scope, (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.action, 'sender.mailbox_saved')),
    );
    expect(told).toMatchObject([{ targetId: senderId, detail: { host: 'imap.example.com' } }]);
    expect(JSON.stringify(told)).not.toContain(user);
  });

  it('keeps a password that is left empty, but takes it nowhere else, and not less protected', async () => {
    const { scope, senderId } = await smtpSender();
    await saveMailbox(scope, senderId, settings);
    const without: ProviderSettings = { ...settings, password: '' };
    expect(await saveMailbox(scope, senderId, { ...without, afterwards: 'delete' })).toMatchObject({
      ok: true,
    });
    expect((await keptRow(scope))?.config).toMatchObject({ password, afterwards: 'delete' });
    const elsewhere: ProviderSettings[] = [
      { host: 'evil.example.com' },
      { port: 143 },
      { security: 'none' },
      { user: 'other' },
      { protocol: 'pop3' },
      { acceptAnyCertificate: true },
    ];
    for (const change of elsewhere)
      for (const act of [saveMailbox, checkMailbox])
        expect(await act(scope, senderId, { ...without, ...change })).toMatchObject({
          ok: false,
          problem: { fields: { 'settings.password': expect.stringContaining('again') } },
        });
    expect((await keptRow(scope))?.config).toMatchObject({ host: 'imap.example.com', afterwards: 'delete' });
  });

  it('is read from its beginning when it is another, and on when only what becomes of reports changes', async () => {
    const { scope, senderId } = await smtpSender();
    await saveMailbox(scope, senderId, settings);
    const place = { validity: '7', uid: 42 };
    const fence = newId(SenderId);
    await inScope(scope, (tx) => tx.update(mailboxes).set({ place, fence, failures: 3, problem: 'x' }));
    await saveMailbox(scope, senderId, { ...settings, afterwards: 'move', moveTo: 'Bounces' });
    expect(await keptRow(scope)).toMatchObject({ place, fence: null, failures: 0, problem: null });
    await saveMailbox(scope, senderId, { ...settings, folder: 'Returned' });
    expect(await keptRow(scope)).toMatchObject({ place: null });
  });

  it.each([
    [{ host: '' }, 'host'],
    [{ host: 'https://imap.example.com' }, 'host'],
    [{ port: 0 }, 'port'],
    [{ user: '' }, 'user'],
    [{ user: 'a\r\nDELE 1' }, 'user'],
    [{ password: '' }, 'password'],
    [{ password: 'a\nb' }, 'password'],
    [{ protocol: 'smtp' }, 'protocol'],
    [{ afterwards: 'move' }, 'moveTo'],
    [{ afterwards: 'move', moveTo: 'INBOX' }, 'moveTo'],
    [{ afterwards: 'move', moveTo: 'x', protocol: 'pop3' }, 'afterwards'],
  ])('%j is refused at %s', async (change, field) => {
    const { scope, senderId } = await smtpSender();
    const refused = await saveMailbox(scope, senderId, { ...settings, ...change });
    expect(refused).toMatchObject({
      ok: false,
      problem: { fields: { [`settings.${field}`]: expect.any(String) } },
    });
    expect(await keptRow(scope)).toBeUndefined();
  });

  it('is of an SMTP sender of the own workspace, and goes with it', async () => {
    const { scope, senderId } = await smtpSender();
    const other = await testWorkspace();
    expect(await saveMailbox(other.scope, senderId, settings)).toMatchObject({
      problem: { code: 'not_found' },
    });
    expect(await saveMailbox(other.scope, other.senderId, settings)).toMatchObject({
      problem: { code: 'invalid' },
    });
    await saveMailbox(scope, senderId, settings);
    expect(await findMailbox(other.scope, senderId)).toBeNull();
    expect(await removeMailbox(other.scope, senderId)).toMatchObject({ problem: { code: 'not_found' } });
    expect(await removeMailbox(scope, senderId)).toMatchObject({ ok: true });
    expect(await findMailbox(scope, senderId)).toBeNull();
    await saveMailbox(scope, senderId, settings);
    await inScope(scope, (tx) =>
      tx.update(senders).set({ isDefault: false }).where(eq(senders.id, senderId)),
    );
    expect(await deleteSender(scope, senderId)).toMatchObject({ ok: true });
    expect(await keptRow(scope)).toBeUndefined();
  });

  it('goes over to a new APP_SECRET, and says so when it was not named', async () => {
    const { scope, senderId } = await smtpSender();
    await saveMailbox(scope, senderId, settings);
    const first = required('APP_SECRET');
    const next = 'another secret of more than 32 characters';
    try {
      Object.assign(env(), { APP_SECRET: next });
      expect(await findMailbox(scope, senderId)).toMatchObject({ values: null });
      Object.assign(env(), { APP_SECRET_PREVIOUS: first });
      await resealMailboxes();
      Object.assign(env(), { APP_SECRET_PREVIOUS: undefined });
      expect((await keptRow(scope))?.config).toMatchObject({ password });
    } finally {
      Object.assign(env(), { APP_SECRET: first, APP_SECRET_PREVIOUS: undefined });
    }
  });
});

describe('a mailbox that does not work', () => {
  const said = async (
    server: StandIn,
    change: Record<string, string | number | boolean>,
    limitMs?: number,
  ) => {
    if (!closing.includes(server.close)) closing.push(server.close);
    const { scope, senderId } = await smtpSender();
    const given = { ...settings, host: '127.0.0.1', port: server.port, ...change };
    const answer = await checkMailbox(scope, senderId, given, limitMs);
    if (!answer.ok) throw new Error(answer.problem.message);
    return answer.value.ok
      ? answer.value.detail
      : answer.value.problem.replaceAll(String(server.port), 'PORT');
  };
  const pop3 = { protocol: 'pop3' };

  it.each([
    ['IMAP', () => startImap(), {}],
    ['POP3', () => startPop3(), pop3],
  ])('says that the password is wrong (%s)', async (_, start, change) => {
    expect(await said(await start(), { ...change, password: 'wrong' })).toMatch(
      /^User name or password is not right for 127\.0\.0\.1\. .* It said: “.+”$/,
    );
  });

  it('says that there is no such folder', async () => {
    expect(await said(await startImap(), { folder: 'Nowhere' })).toMatch(/^There is no folder “Nowhere”/);
  });

  it.each([
    ['IMAP', () => startImap(), {}],
    ['POP3', () => startPop3(), pop3],
  ])('sends no password in the clear where encryption is wanted (%s)', async (_, start, change) => {
    const server = await start();
    expect(await said(server, { ...change, security: 'starttls' })).toMatch(
      /does not do STARTTLS|offers no encryption/,
    );
    expect(await said(server, { ...change, host: '0.0.0.0' })).toMatch(
      /does not do STARTTLS|offers no encryption/,
    );
    expect(server.commands.join()).not.toContain(password);
  });

  it.each([
    ['IMAP', () => startImap(), {}],
    ['POP3', () => startPop3(), pop3],
  ])('says that TLS is not spoken (%s)', async (_, start, change) => {
    expect(await said(await start(), { ...change, security: 'tls' })).toMatch(
      /does not speak TLS from the start/,
    );
  });

  it.each([
    ['IMAP', () => startImap({ encryption: 'tls' }), {}],
    ['POP3', () => startPop3({ encryption: 'tls' }), pop3],
  ])('trusts no certificate that nobody has signed, unless that is wished (%s)', async (_, start, change) => {
    const far = { ...change, security: 'tls', host: '0.0.0.0' };
    expect(await said(await start(), far)).toMatch(/^The certificate of 0\.0\.0\.0 is/);
    expect(await said(await start(), { ...far, acceptAnyCertificate: true })).toMatch(/^Signed in/);
  });

  it.each([
    ['IMAP', () => startImap({ script: () => 'hang' }), {}],
    ['POP3', () => startPop3({ script: () => 'hang' }), pop3],
  ])('gives up on a server that hangs (%s)', async (_, start, change) => {
    expect(await said(await start(), change, 300)).toMatch(/did not answer in time/);
  });

  it('says that something else listens there', async () => {
    const server = await startPop3({ script: () => 'HTTP/1.1 400 Bad Request' });
    expect(await said(server, pop3)).toMatch(/Check protocol, port and encryption\. It said: “HTTP/);
  });

  it('says that nothing listens there, and what a POP3 server lacks', async () => {
    const server = await startImap();
    await server.close();
    const gone = { ...server, close: async () => undefined };
    expect(await said(gone, {})).toMatch(
      /^Nothing answers at 127\.0\.0\.1:PORT\. Check the port \(usually 993 or 143\)/,
    );
    const without = await startPop3({ script: (line) => (line === 'UIDL' ? '-ERR unknown' : undefined) });
    expect(await said(without, pop3)).toMatch(/UIDL/);
  });
});
