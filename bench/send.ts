import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { and, eq, sql } from 'drizzle-orm';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Scope } from '@/lib/auth/scope';
import { encrypt } from '@/lib/auth/secrets';
import { sendCampaign } from '@/lib/campaigns/send';
import { campaignStats } from '@/lib/campaigns/stats';
import { testCampaign } from '@/lib/campaigns/testing';
import { senders } from '@/lib/db/schema';
import { inScope } from '@/lib/db/scoped';
import { type CampaignId, ListId, newId, type SenderId } from '@/lib/ids';
import { compileMessage } from '@/lib/messages/compile';
import { mergeValuesOf } from '@/lib/messages/merge-values';
import { prepareMessage } from '@/lib/messages/prepare';
import { testWorkspace } from '@/lib/workspaces/testing';
import type { Measurement } from './measurement';
import { startWorker } from './worker';

const limit = 0.7;
const concurrency = 100;

const paragraph =
  '<p style="margin:0 0 16px">Dear {{ first_name | default: "friend" }}, the ovens have been on since four, and this is what came out of them: rye with caraway, a braided loaf with poppy seeds, and the first plum cake of the year. <a href="https://shop.example.com/bread?from=newsletter">See the shop</a>.</p>\n';
const source = {
  subject: 'News for {{ first_name | default: "you" }} from the bakery',
  preheader: 'Plum cake is back',
  content: { format: 'html' as const, body: `<h1>Hello {{ first_name }}</h1>\n${paragraph.repeat(24)}` },
};

/**
 * A campaign through the real worker process, ledger and all, into an SMTP sink that only counts; beside it a bare loop of
 * nodemailer's pooled sendMail with the same messages into the same sink. Needs a prepared DATABASE_URL.
 */
export async function run({ recipients = 20_000 } = {}): Promise<Measurement[]> {
  const sink = await startSink();
  try {
    const rival = await measureRival(sink, recipients);
    const ours = await measureCampaign(sink, recipients);
    const value = ours.perSecond / rival.perSecond;
    return [
      {
        name: 'send',
        metric: 'campaign ÷ bare nodemailer loop, messages per second',
        value,
        limit: `at least ${limit}`,
        ok: value >= limit && ours.received === recipients,
        details: {
          recipients,
          bytesPerMessage: ours.bytes,
          campaignPerSecond: Math.round(ours.perSecond),
          nodemailerPerSecond: Math.round(rival.perSecond),
          firstMessageMs: ours.firstMessageMs,
          workerMegabytes: ours.megabytes,
        },
      },
    ];
  } finally {
    sink.process.disconnect();
  }
}

type Sink = { process: ChildProcess; port: number };
const SinkSays = z.object({
  port: z.number().optional(),
  messages: z.number().optional(),
  bytes: z.number().optional(),
});

function ask(child: ChildProcess, question?: string): Promise<z.infer<typeof SinkSays>> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(SinkSays.parse(message)));
    if (question) child.send(question);
  });
}

async function startSink(): Promise<Sink> {
  const child = fork('bench/smtp-sink.ts', { execArgv: ['--import', 'tsx'] });
  return { process: child, port: (await ask(child)).port ?? 0 };
}

async function counted(sink: Sink): Promise<{ messages: number; bytes: number }> {
  const { messages = 0, bytes = 0 } = await ask(sink.process, 'count');
  return { messages, bytes };
}

async function measureRival(sink: Sink, recipients: number): Promise<{ perSecond: number }> {
  const compiled = await compileMessage({
    ...source,
    company: { name: 'Test Bakery', postalAddress: '1 Main Street' },
  });
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const contact = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Baker', attributes: {} };
  const rendered = prepareMessage(compiled.value).render(
    mergeValuesOf(contact, { unsubscribe: `https://mail.example.com/u/${'x'.repeat(64)}` }),
  );
  if (!rendered.ok) throw new Error(rendered.problem.message);
  const { subject, html, text } = rendered.value;
  const transport = createTransport({
    host: '127.0.0.1',
    port: sink.port,
    ignoreTLS: true,
    pool: true,
    maxConnections: 5,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  let next = 0;
  const loop = async () => {
    while (next < recipients) {
      const n = next++;
      await transport.sendMail({
        from: { name: 'Test Bakery', address: 'news@example.com' },
        to: { name: 'Ann Baker', address: `person-${n}@example.com` },
        subject,
        html,
        text,
        headers: {
          'List-Unsubscribe': `<https://mail.example.com/u/${'x'.repeat(64)}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      });
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, loop));
  const seconds = (performance.now() - startedAt) / 1000;
  transport.close();
  return { perSecond: recipients / seconds };
}

async function measureCampaign(sink: Sink, recipients: number) {
  const { scope, senderId } = await testWorkspace('Bench Bakery');
  const listId = await prepareAudience(scope, recipients);
  await pointAtSink(scope, senderId, sink.port);
  const worker = await startWorker();
  try {
    const id = await testCampaign(scope, senderId, [listId], source);
    const before = await counted(sink);
    const startedAt = performance.now();
    const sent = await sendCampaign(scope, id);
    if (!sent.ok) throw new Error(sent.problem.message);
    let firstMessageMs = 0;
    while (firstMessageMs === 0) {
      await delay(20);
      if ((await counted(sink)).messages > before.messages) firstMessageMs = performance.now() - startedAt;
    }
    await completed(scope, id);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await counted(sink);
    const received = after.messages - before.messages;
    return {
      perSecond: recipients / seconds,
      received,
      bytes: Math.round((after.bytes - before.bytes) / received),
      firstMessageMs: Math.round(firstMessageMs),
      megabytes: worker.megabytes(),
    };
  } finally {
    await worker.stop();
  }
}

async function completed(scope: Scope, id: CampaignId): Promise<void> {
  for (;;) {
    const stats = await campaignStats(scope, id);
    if (!stats.ok) throw new Error(stats.problem.message);
    if (stats.value.status === 'completed') return;
    if (stats.value.problem) throw new Error(stats.value.problem);
    await delay(200);
  }
}

async function prepareAudience(scope: Scope, recipients: number): Promise<ListId> {
  const { workspaceId } = scope;
  const listId = newId(ListId);
  await inScope(scope, async (tx) => {
    await tx.execute(
      sql`insert into lists (workspace_id, id, name) values (${workspaceId}, ${listId}, 'Bench')`,
    );
    await tx.execute(sql`
      with made as (
        insert into contacts (workspace_id, id, email, first_name, last_name)
        select ${workspaceId}, uuid_v7(), 'person-' || n || '@example.com', 'Ann' || n, 'Baker'
        from generate_series(1, ${recipients}::int) n returning id)
      insert into list_contacts (workspace_id, list_id, contact_id) select ${workspaceId}, ${listId}, id from made`);
  });
  return listId;
}

async function pointAtSink(scope: Scope, senderId: SenderId, port: number): Promise<void> {
  const settings = { host: '127.0.0.1', port, security: 'none', user: '', password: '' };
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({
        provider: 'smtp',
        fromEmail: 'news@example.com',
        perMinute: null,
        config: encrypt('provider-config', JSON.stringify(settings)),
      })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
}
