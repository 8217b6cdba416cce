import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readArrivals } from './arrivals';
import { Receiving } from './receiving';

let directory: string;
let receiving: Receiving;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'posthaste-receiver-'));
  receiving = await Receiving.start(directory);
});

afterEach(async () => {
  receiving.stop();
  await rm(directory, { recursive: true, force: true });
});

async function send(id: string): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port: receiving.status.port, ignoreTLS: true });
  const sent = await transport.sendMail({
    from: 'news@example.com',
    to: 'ann@example.com',
    subject: 'Bread',
    text: '.\nA line with a dot.',
    headers: { 'X-Posthaste-Delivery': id },
  });
  return sent.response;
}

it('keeps each message in a file of its own, doubles too, before it answers', async () => {
  expect(await send('a')).toMatch(/^250/);
  expect(await send('a')).toMatch(/^250/);
  expect(await send('b')).toMatch(/^250/);
  expect((await readdir(directory)).sort()).toEqual(['a.1', 'a.2', 'b.1']);
  const arrivals = await readArrivals(directory);
  expect(arrivals.map(({ deliveryId, address }) => [deliveryId, address])).toEqual([
    ['a', 'ann@example.com'],
    ['a', 'ann@example.com'],
    ['b', 'ann@example.com'],
  ]);
});

it('keeps back its answers as long as it is told', async () => {
  receiving.order({ hold: true });
  const sending = send('a');
  await receiving.until(({ held }) => held === 1);
  expect(await readArrivals(directory)).toHaveLength(1);
  receiving.order({ hold: false });
  expect(await sending).toMatch(/^250/);
});

it.each([
  ['envelope', 0],
  ['body', 0],
  ['answer', 1],
] as const)('drops one connection at the %s', async (drop, arrived) => {
  receiving.order({ drop, connections: 1 });
  await expect(send('a')).rejects.toThrow();
  expect(await readArrivals(directory)).toHaveLength(arrived);
  expect(await send('b')).toMatch(/^250/);
});
