import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { launchNow, ledger, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { log, withoutAddresses } from '../log';
import type { SendResult } from '../providers/provider';
import { testWorkspace } from '../workspaces/testing';
import { runBatch } from './batch';
import { sentResult, standinProvider, testSignals } from './testing';

it('a campaign leaves the ids of its batches and failed deliveries in the log, and nobody\u2019s address', async () => {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId } = await testList(scope, 60);
  const id = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  const lines: string[] = [];
  const stream: unknown = Reflect.get(log, pino.symbols.streamSym);
  if (!stream || typeof stream !== 'object' || !('write' in stream)) throw new Error('the log has a stream');
  log.level = 'info';
  const write = vi.spyOn(stream as { write(line: string): void }, 'write');
  write.mockImplementation((line) => void lines.push(line));
  const refused = (to: string): SendResult => ({
    ...({ outcome: 'refused', reason: 'address_refused' } as const),
    detail: `550 5.1.1 <${to}> no such user`,
  });
  const { engine } = standinProvider((message, n) => {
    if (n === 55) throw new Error(`no way to <${message.to.address}>, +491701234567`);
    return n % 10 === 0 ? refused(message.to.address) : sentResult;
  });
  for (const batch of [0, 1]) await runBatch(engine, scope, { campaignId: id, batch }, testSignals());
  write.mockRestore();

  const rows = await ledger(scope, id);
  const text = lines.join('');
  expect(rows).toHaveLength(60);
  for (const { address } of rows) expect(text).not.toContain(address);
  expect(text).not.toContain('@example.com');
  expect(text).not.toContain('491701234567');
  const parsed = lines.map((line): Record<string, unknown> => JSON.parse(line));
  const about = { workspace: scope.workspaceId, campaign: id };
  expect(parsed).toContainEqual(expect.objectContaining({ ...about, batch: 0, msg: 'a batch is done' }));
  for (const row of rows.filter(({ state }) => state !== 'sent')) expect(text).toContain(row.id);
  expect(text).toContain('no way to <…>, …');
});

it('takes addresses and numbers out of a line, and nothing else', () => {
  const line = '{"time":"2026-11-29T05:00:00.000Z","at":"node_modules/@react-email/render/index.js:1:2"}';
  expect(withoutAddresses(line)).toBe(line);
  expect(withoutAddresses('to o\u2019neil, jörg.müller@bäckerei.example.com or +4915112345678')).toBe(
    'to o\u2019neil, … or …',
  );
});

it('leaves every line JSON, and takes no longer than it is long', () => {
  const message =
    'refused:\nann@example.com\tbea@example.com "cyd@example.com"\n+4915112345678\\dot@example.com';
  expect(JSON.parse(withoutAddresses(JSON.stringify({ message })))).toEqual({
    message: 'refused:\n…\t… "…"\n…\\…',
  });
  const began = performance.now();
  withoutAddresses(`${'a'.repeat(200_000)} b@${'a-'.repeat(100_000)}`);
  expect(performance.now() - began).toBeLessThan(1_000);
});
