import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { launchNow, testCampaign } from '@/lib/campaigns/testing';
import { inScope } from '@/lib/db/scoped';
import { DeliveryId } from '@/lib/ids';
import { countTracking } from '@/lib/tracking/count';
import { mendRollups } from '@/lib/tracking/recount';
import { trackingUrl } from '@/lib/tracking/tracking-token';
import { testWorkspace } from '@/lib/workspaces/testing';
import { makeAudience } from './campaign';
import type { Measurement } from './measurement';

const recipients = 5_000;
const connections = 128;
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const leastShare = 0.15;

/**
 * Clicks a second, each durable before it is answered, beside a server that only redirects. Both are asked by the same program,
 * in this process, half before and half after each other.
 */
export async function run(): Promise<Measurement[]> {
  const { scope, senderId } = await testWorkspace('Bench Bakery');
  const listId = await makeAudience(scope, recipients);
  const id = await testCampaign(scope, senderId, [listId], {
    content: {
      format: 'html',
      body: '<a href="https://example.com/">a</a> <a href="https://example.com/b">b</a>',
    },
  });
  await launchNow(scope, id);
  const rows = await inScope(scope, (tx) =>
    tx.execute<{ id: string }>(sql`select id from deliveries where workspace_id = ${scope.workspaceId}`),
  );
  const paths = rows.map((row) => `${new URL(trackingUrl(scope, DeliveryId.parse(row.id))).pathname}/1`);
  const [ours, bare] = await Promise.all([startServer('ours'), startServer('bare')]);
  await load(ours.port, paths, 1);
  await load(bare.port, paths, 1);
  const measured = { ours: [] as number[], bare: [] as number[] };
  let answered = 0;
  for (const name of ['bare', 'ours', 'ours', 'bare'] as const) {
    const { perSecond, count } = await load((name === 'ours' ? ours : bare).port, paths, seconds / 2);
    measured[name].push(perSecond);
    if (name === 'ours') answered += count;
  }
  ours.stop();
  bare.stop();
  const kept = await inScope(scope, async (tx) => {
    const [row] = await tx.execute<{ n: number }>(
      sql`select count(*)::int as n from tracking_events where workspace_id = ${scope.workspaceId}`,
    );
    return row?.n ?? 0;
  });
  const started = performance.now();
  await countTracking(scope, Date.now() + 60_000);
  const countSeconds = (performance.now() - started) / 1000;
  const wrong = await mendRollups(scope, id);
  const [oursPerSecond, barePerSecond] = [mean(measured.ours), mean(measured.bare)];
  const share = oursPerSecond / barePerSecond;
  return [
    {
      name: 'clicks: answered',
      metric: 'part of what a server does that only redirects',
      value: share,
      limit: `≥ ${leastShare}`,
      // What was asked for while warming up is kept as well, and so is what was asked for and not awaited.
      ok: share >= leastShare && kept >= answered && wrong === 0,
      details: {
        perSecond: Math.round(oursPerSecond),
        barePerSecond: Math.round(barePerSecond),
        connections,
        kept,
        countedPerSecond: Math.round(kept / countSeconds),
      },
    },
  ];
}

const mean = (rates: number[]) => rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0);

const Listening = z.object({ port: z.int().positive() });

async function startServer(name: 'ours' | 'bare') {
  const child = fork('bench/click-server.ts', [name], { execArgv: ['--import', 'tsx'] });
  const [message] = await once(child, 'message');
  return { port: Listening.parse(message).port, stop: () => child.disconnect() };
}

/** Every connection asks again as soon as it is answered. */
async function load(port: number, paths: string[], forSeconds: number) {
  const started = performance.now();
  const until = started + forSeconds * 1000;
  let next = 0;
  const counts = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true);
      await once(socket, 'connect');
      let count = 0;
      while (performance.now() < until) {
        await ask(socket, paths[next++ % paths.length] ?? '');
        count++;
      }
      socket.destroy();
      return count;
    }),
  );
  const count = counts.reduce((sum, its) => sum + its, 0);
  return { count, perSecond: (count * 1000) / (performance.now() - started) };
}

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0';

function ask(socket: Socket, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let got = '';
    const onData = (piece: Buffer) => {
      got += piece.toString('latin1');
      if (!got.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      if (got.startsWith('HTTP/1.1 302')) resolve();
      else reject(new Error(got.slice(0, 200)));
    };
    socket.on('data', onData);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${agent}\r\n\r\n`);
  });
}
