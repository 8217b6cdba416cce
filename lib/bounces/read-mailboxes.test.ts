import { and, eq, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { eraseContact } from '../contacts/erase-contact';
import { bounces, deliveries, providerReports, suppressions } from '../db/schema/deliveries';
import { mailboxes, senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { processAllReports } from '../deliveries/reports';
import { DeliveryId, newId, type SenderId } from '../ids';
import { sealSettings } from '../senders/sender-settings';
import { testWorkspace } from '../workspaces/testing';
import { checkMailbox, findMailbox, saveMailbox } from './mailboxes';
import { takePiped } from './piped-bounce';
import { readDueMailboxes } from './read-mailboxes';
import { corpusMessage } from './testing-corpus';
import { type ImapStandIn, startImap } from './testing-imap';
import { password, user } from './testing-mail';
import { type Pop3StandIn, startPop3 } from './testing-pop3';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const running = () => new AbortController().signal;

/** Somebody whom a campaign went to through an SMTP server, and what their ledger says. */
async function mailing(people: string[] = ['ann']) {
  const { scope, senderId } = await testWorkspace();
  const config = sealSettings({ host: '127.0.0.1', port: 9 });
  await inScope(scope, (tx) =>
    tx.update(senders).set({ provider: 'smtp', config }).where(eq(senders.id, senderId)),
  );
  const { listId } = await testList(
    scope,
    people.map((name) => ({ email: `${name}@example.com` })),
  );
  const send = async () => {
    const campaignId = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, campaignId);
    await inScope(scope, (tx) =>
      tx
        .update(deliveries)
        .set({ state: 'sent' })
        .where(and(eq(deliveries.campaignId, campaignId), eq(deliveries.state, 'queued'))),
    );
    return ledger(scope, campaignId);
  };
  return { scope, senderId, send };
}

async function sentOne() {
  const mails = await mailing();
  const [row] = await mails.send();
  if (!row) throw new Error('it is in the ledger');
  return { ...mails, row };
}

const settingsFor = (protocol: 'imap' | 'pop3', { port }: { port: number }, more = {}) => ({
  ...{ protocol, host: '127.0.0.1', port, user, password, ...more },
});

async function imapServer(options: Parameters<typeof startImap>[0] = {}): Promise<ImapStandIn> {
  const server = await startImap(options);
  closing.push(server.close);
  return server;
}

async function pop3Server(options: Parameters<typeof startPop3>[0] = {}): Promise<Pop3StandIn> {
  const server = await startPop3(options);
  closing.push(server.close);
  return server;
}

const save = async (scope: Scope, id: SenderId, settings: ReturnType<typeof settingsFor>) =>
  expect(await saveMailbox(scope, id, settings)).toEqual({ ok: true, value: undefined });

/** As a minute later. */
async function readAll(scope: Scope) {
  await inScope(scope, (tx) => tx.update(mailboxes).set({ nextAt: sql`now()` }));
  await readDueMailboxes(running());
  await processAllReports(scope);
}

const suppressed = (scope: Scope) =>
  inScope(scope, async (tx) => {
    const rows = await tx.select().from(suppressions).where(eq(suppressions.workspaceId, scope.workspaceId));
    return rows.map(({ address, reason }) => `${address} ${reason}`).sort();
  });

const flagsOf = (server: ImapStandIn, folder = 'INBOX') =>
  server.folders.get(folder)?.map(({ uid, flags }) => `${uid} ${[...flags].join(' ')}`.trim());

describe('an IMAP mailbox', () => {
  it('is read: what came back is written into the ledger and marked, everything else is left as it was', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer();
    server.deliver(corpusMessage('reply', row.id));
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    server.deliver(corpusMessage('out-of-office', row.id));
    server.deliver(corpusMessage('postfix-unknown-user', newId(DeliveryId)));
    server.deliver(corpusMessage('garbage', row.id));
    await save(scope, senderId, settingsFor('imap', server));
    await readAll(scope);
    expect(await ledger(scope, row.campaignId)).toMatchObject([
      { state: 'sent', bouncedAt: expect.any(Date) },
    ]);
    expect(await suppressed(scope)).toEqual(['ann@example.com bounced']);
    expect(flagsOf(server)).toEqual(['1', '2 \\Seen', '3', '4', '5']);
    expect(await inScope(scope, (tx) => tx.select().from(bounces))).toMatchObject([
      { kind: 'bounced', detail: expect.stringContaining('User unknown') },
    ]);
    const fetched = () => server.commands.filter((line) => line.includes('FETCH')).length;
    const before = fetched();
    await readAll(scope);
    expect(fetched()).toBe(before);
    server.deliver(corpusMessage('arf-abuse', row.id));
    await readAll(scope);
    expect((await ledger(scope, row.campaignId))[0]?.complainedAt).not.toBeNull();
    expect(await findMailbox(scope, senderId)).toMatchObject({ problem: null, reports: 2 });
  });

  it.each([
    { afterwards: 'move', moveTo: 'Returned mail', hasMove: true },
    { afterwards: 'move', moveTo: 'Bounces', hasMove: false },
    { afterwards: 'delete', moveTo: '', hasMove: true },
  ])('loses the reports that were read to where they shall be: %j', async ({ hasMove, ...then }) => {
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer({ hasMove });
    server.deliver(corpusMessage('reply', row.id));
    server.deliver(corpusMessage('qmail', row.id));
    await save(scope, senderId, settingsFor('imap', server, then));
    await readAll(scope);
    expect(flagsOf(server)).toEqual(['1']);
    if (then.moveTo) expect(flagsOf(server, then.moveTo)?.[0]).toMatch(/^2 \\Seen/);
    expect(await findMailbox(scope, senderId)).toMatchObject({ problem: null, reports: 1 });
  });

  it('is read on from where the reading came to, also when its numbers begin anew', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer();
    server.deliver(corpusMessage('qmail', row.id), new Date(Date.now() - 40 * 24 * 3600_000));
    await save(scope, senderId, settingsFor('imap', server));
    await readAll(scope);
    expect(await findMailbox(scope, senderId)).toMatchObject({ problem: null, reports: 0 });
    server.deliver(corpusMessage('gmail-over-quota', row.id));
    await readAll(scope);
    server.validity = 8;
    await readAll(scope);
    expect(await findMailbox(scope, senderId)).toMatchObject({ problem: null, reports: 2 });
    const kept = await inScope(scope, (tx) => tx.select().from(providerReports));
    expect(kept).toHaveLength(1);
    expect(await suppressed(scope)).toEqual([]);
  });

  it('keeps its reports unmarked, and its place, when the connection ends in between; then it goes on', async () => {
    const { scope, senderId, row } = await sentOne();
    let drops = true;
    const server = await imapServer({
      script: (line) => (drops && line.startsWith('UID STORE') ? 'drop' : undefined),
    });
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    await save(scope, senderId, settingsFor('imap', server));
    await readAll(scope);
    expect(flagsOf(server)).toEqual(['1']);
    expect(await suppressed(scope)).toEqual(['ann@example.com bounced']);
    expect(await findMailbox(scope, senderId)).toMatchObject({ problem: expect.any(String), readAt: null });
    drops = false;
    await readAll(scope);
    expect(flagsOf(server)).toEqual(['1 \\Seen']);
    expect(await findMailbox(scope, senderId)).toMatchObject({ problem: null, readAt: expect.any(Date) });
  });

  it('is read by one at a time, and tried less often while it fails', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer();
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    await save(scope, senderId, settingsFor('imap', server));
    await Promise.all([
      readDueMailboxes(running()),
      readDueMailboxes(running()),
      readDueMailboxes(running()),
    ]);
    expect(server.connections).toBe(1);
    await readDueMailboxes(running());
    expect(server.connections).toBe(1); // its minute has not passed
    await server.close();
    closing.length = 0;
    const waits: number[] = [];
    for (let n = 0; n < 3; n++) {
      await readAll(scope);
      const [left] = await inScope(scope, (tx) =>
        tx
          .select({
            minutes: sql<number>`extract(epoch from next_at - now())::float8 / 60`,
            all: mailboxes.failures,
          })
          .from(mailboxes),
      );
      waits.push(Math.round(left?.minutes ?? 0));
      expect(left?.all).toBe(n + 1);
    }
    expect(waits).toEqual([2, 4, 8]);
    expect((await findMailbox(scope, senderId))?.problem).toMatch(/^Nothing answers at 127/);
  });

  it('takes up what a reader left who was killed, and writes nothing down for one who lost his turn', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer();
    await save(scope, senderId, settingsFor('imap', server));
    await readAll(scope);
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    await inScope(scope, (tx) =>
      tx.update(mailboxes).set({ readingUntil: sql`now() + interval '1 minute'`, nextAt: sql`now()` }),
    );
    await readDueMailboxes(running());
    expect(flagsOf(server)).toEqual(['1']);
    await inScope(scope, (tx) => tx.update(mailboxes).set({ readingUntil: sql`now()` }));
    await readDueMailboxes(running());
    expect(flagsOf(server)).toEqual(['1 \\Seen']);
  });

  it.each([
    [{ encryption: 'tls' as const }, { security: 'tls' }],
    [{ encryption: 'starttls' as const }, { security: 'starttls' }],
    [{ encryption: 'starttls' as const }, { security: 'auto' }],
    [{}, { security: 'auto' }],
  ])('%j is read with %j', async (options, settings) => {
    const { scope, senderId } = await sentOne();
    const server = await imapServer(options);
    server.deliver(corpusMessage('reply', newId(DeliveryId)));
    const checked = await checkMailbox(scope, senderId, settingsFor('imap', server, settings));
    expect(checked).toEqual({
      ok: true,
      value: { ok: true, detail: expect.stringContaining('There is 1 message in the mailbox.') },
    });
    expect(server.commands.some((line) => line.startsWith('SELECT'))).toBe(false);
  });
});

describe('a mailbox that is never empty', () => {
  it('keeps neither the reading nor the mailboxes of others waiting', async () => {
    let last = 0;
    const endless = await imapServer({
      script(line) {
        if (line.startsWith('SELECT')) return '* 1001 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK selected';
        if (line.includes('SEARCH')) {
          const uids = Array.from({ length: 1001 }, () => ++last);
          return `* SEARCH ${uids.join(' ')}\r\nTAG OK done`;
        }
        return line.includes('FETCH') ? 'TAG OK done' : undefined;
      },
    });
    for (let n = 0; n < 4; n++) {
      const { scope, senderId } = await mailing();
      await save(scope, senderId, settingsFor('imap', endless));
    }
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer();
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    await save(scope, senderId, settingsFor('imap', server));
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 45_000);
    await readDueMailboxes(stop.signal);
    clearTimeout(late);
    expect(stop.signal.aborted).toBe(false);
    await processAllReports(scope);
    expect(await suppressed(scope)).toEqual(['ann@example.com bounced']);
  }, 60_000);
});

describe('a POP3 mailbox', () => {
  it('is read: what came back is deleted once it is kept, if that is wished, and nothing else', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await pop3Server();
    server.mailbox.set('a1', corpusMessage('reply', row.id));
    server.mailbox.set('a2', corpusMessage('exchange-not-found', row.id));
    server.mailbox.set('a3', corpusMessage('out-of-office', row.id));
    await save(scope, senderId, settingsFor('pop3', server, { afterwards: 'delete' }));
    await readAll(scope);
    expect([...server.mailbox.keys()]).toEqual(['a1', 'a3']);
    expect(await suppressed(scope)).toEqual(['ann@example.com bounced']);
    server.commands.length = 0;
    server.mailbox.set('a4', corpusMessage('arf-abuse', row.id));
    await readAll(scope);
    expect([...server.mailbox.keys()]).toEqual(['a1', 'a3']);
    expect(server.commands.filter((line) => /^(TOP|RETR)/.test(line))).toEqual(['TOP 3 5000']);
    expect(await findMailbox(scope, senderId)).toMatchObject({ problem: null, reports: 2 });
  });

  it('keeps all of it otherwise, and reads each once', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await pop3Server({
      script: (line) => (line.startsWith('TOP') ? '-ERR unknown' : undefined),
    });
    server.mailbox.set('a1', corpusMessage('postfix-mailbox-full', row.id));
    await save(scope, senderId, settingsFor('pop3', server));
    await readAll(scope);
    await readAll(scope);
    expect(server.mailbox.size).toBe(1);
    expect(server.commands.filter((line) => line.startsWith('RETR'))).toHaveLength(1);
    expect((await ledger(scope, row.campaignId))[0]?.bouncedAt).not.toBeNull();
  });

  it('deletes nothing when the session ends before its end, and takes nothing twice after that', async () => {
    const { scope, senderId, row } = await sentOne();
    let drops = true;
    const server = await pop3Server({ script: (line) => (drops && line === 'QUIT' ? 'drop' : undefined) });
    server.mailbox.set('a1', corpusMessage('postfix-unknown-user', row.id));
    await save(scope, senderId, settingsFor('pop3', server, { afterwards: 'delete' }));
    await readAll(scope);
    expect(server.mailbox.size).toBe(1);
    drops = false;
    await readAll(scope);
    expect(server.mailbox.size).toBe(0);
    expect(await inScope(scope, (tx) => tx.select().from(providerReports))).toHaveLength(1);
  });

  it.each([
    [{ encryption: 'tls' as const }, { security: 'tls' }],
    [{ encryption: 'starttls' as const }, { security: 'starttls' }],
    [{ encryption: 'starttls' as const }, { security: 'auto' }],
    [{}, { security: 'auto' }],
  ])('%j is read with %j', async (options, settings) => {
    const { scope, senderId } = await sentOne();
    const server = await pop3Server(options);
    server.mailbox.set('a1', Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n'));
    const checked = await checkMailbox(scope, senderId, settingsFor('pop3', server, settings));
    expect(checked).toEqual({
      ok: true,
      value: { ok: true, detail: expect.stringContaining('There is 1 message in the mailbox.') },
    });
  });
});

describe('what comes back', () => {
  it('suppresses after three in a row that came back for now, and never for what is ours to mend', async () => {
    const { scope, senderId, send } = await mailing(['full', 'undelivered', 'mixed']);
    const server = await imapServer();
    await save(scope, senderId, settingsFor('imap', server));
    for (let n = 0; n < 4; n++) {
      const rows = await send();
      const tell = (who: string, name: string) => {
        const row = rows.find(({ address }) => address === `${who}@example.com`);
        if (row?.state === 'sent') server.deliver(corpusMessage(name, row.id));
      };
      tell('full', 'gmail-over-quota');
      tell('undelivered', 'gmail-unauthenticated');
      tell('mixed', n === 1 ? 'postfix-policy' : 'postfix-mailbox-full');
      await readAll(scope);
      expect(await suppressed(scope)).toEqual(n < 2 ? [] : ['full@example.com bounced']);
    }
  });

  it('counts before it is written down that the message was sent, and says so of one in doubt', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer();
    await save(scope, senderId, settingsFor('imap', server));
    await inScope(scope, (tx) =>
      tx.update(deliveries).set({ state: 'sending' }).where(eq(deliveries.id, row.id)),
    );
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    await readAll(scope);
    expect(await ledger(scope, row.campaignId)).toMatchObject([
      { state: 'sending', bouncedAt: expect.any(Date) },
    ]);
    expect(await suppressed(scope)).toEqual(['ann@example.com bounced']);
    await inScope(scope, (tx) =>
      tx.update(deliveries).set({ state: 'unconfirmed' }).where(eq(deliveries.id, row.id)),
    );
    server.deliver(corpusMessage('gmail-over-quota', row.id));
    await readAll(scope);
    expect(await ledger(scope, row.campaignId)).toMatchObject([{ state: 'sent' }]);
  });

  it('is read by no other workspace than the one that the message came from', async () => {
    const { row } = await sentOne();
    const other = await mailing();
    const server = await imapServer();
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    await save(other.scope, other.senderId, settingsFor('imap', server));
    await readAll(other.scope);
    expect(flagsOf(server)).toEqual(['1']);
    expect(await suppressed(other.scope)).toEqual([]);
  });

  it('is forgotten with the person, also what comes after that', async () => {
    const { scope, senderId, row } = await sentOne();
    const server = await imapServer();
    await save(scope, senderId, settingsFor('imap', server));
    server.deliver(corpusMessage('gmail-over-quota', row.id));
    await readAll(scope);
    const said = () =>
      inScope(scope, (tx) => tx.select({ kind: bounces.kind, said: bounces.detail }).from(bounces));
    expect(await said()).toEqual([{ kind: 'soft_bounced', said: expect.stringContaining('452') }]);
    if (row.contactId) expect(await eraseContact(scope, row.contactId)).toMatchObject({ ok: true });
    expect(await said()).toEqual([{ kind: 'soft_bounced', said: '' }]);
    server.deliver(corpusMessage('postfix-unknown-user', row.id));
    await readAll(scope);
    expect(await said()).toEqual([{ kind: 'bounced', said: '' }]);
    const kept = await inScope(scope, (tx) =>
      tx.select({ body: providerReports.body }).from(providerReports),
    );
    expect(kept).toEqual([{ body: null }, { body: null }]);
  });

  it('ends in the same state shuffled and doubled, from a mailbox and handed over, as in order', async () => {
    const names = [
      'postfix-unknown-user',
      'gmail-over-quota',
      'postfix-mailbox-full',
      'exim-spam',
      'arf-abuse',
    ];
    const people = Array.from({ length: 40 }, (_, n) => `p${String(n).padStart(2, '0')}`);
    const outcome = async (shuffles: boolean) => {
      const { scope, senderId, send } = await mailing(people);
      const server = await imapServer();
      await save(scope, senderId, settingsFor('imap', server));
      const rows = (await send()).sort((a, b) => ((a.address ?? '') < (b.address ?? '') ? -1 : 1));
      const reports = rows.flatMap(({ id }, n) =>
        names.filter((_, at) => (n >> at) % 2 === 1).map((name) => corpusMessage(name, id)),
      );
      const order = shuffles ? [...reports, ...reports] : reports;
      if (shuffles) order.sort(() => Math.random() - 0.5);
      const [mailed, piped] = shuffles ? [order.slice(0, -50), order.slice(-50)] : [order, []];
      for (const report of mailed) server.deliver(report);
      await Promise.all([readAll(scope), ...piped.map((report) => takePiped(report))]);
      await processAllReports(scope);
      const said = await inScope(scope, (tx) => tx.select().from(bounces));
      const bounceOf = new Map(said.map((one) => [one.deliveryId, `${one.kind} ${one.detail}`]));
      const [campaignId] = rows.map((row) => row.campaignId);
      const ended = campaignId ? await ledger(scope, campaignId) : [];
      const marks = ended.map(
        (row) =>
          `${row.address} ${row.bouncedAt !== null} ${row.complainedAt !== null} ${bounceOf.get(row.id)}`,
      );
      return { marks: marks.sort(), suppressed: await suppressed(scope) };
    };
    const inOrder = await outcome(false);
    expect(new Set(inOrder.marks.map((mark) => mark.slice(4))).size).toBeGreaterThan(5);
    expect(inOrder.suppressed.length).toBeGreaterThan(20);
    const shuffled = await outcome(true);
    expect(shuffled.marks).toEqual(inOrder.marks);
    expect(shuffled.suppressed.map((one) => one.split(' ')[0])).toEqual(
      inOrder.suppressed.map((one) => one.split(' ')[0]),
    );
  }, 60_000);
});
