import { expect, test, vi } from 'vitest';
import { eventStream, hasAllStreams } from './event-stream';
import { newId, UserId } from './ids';

/** Time that passes only while the stream waits, and can be watched. */
function testClock() {
  const clock = { ms: 0, now: () => clock.ms, wait };
  async function wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    clock.ms += ms;
  }
  return clock;
}

/** Something changes after so many milliseconds, again and again. */
const changesEvery = (clock: ReturnType<typeof testClock>, everyMs: number) => ({
  next: async (ms: number, signal: AbortSignal) => clock.wait(Math.min(ms, everyMs), signal),
  end: () => undefined,
});

const request = (signal?: AbortSignal) =>
  new Request('http://localhost/events', signal ? { signal } : undefined);
const end = 'event: end\ndata: {}\n\n';

/** A stream over answers, and what it said but for its first line and the ids. */
async function said<Value>(
  read: () => Promise<Value | undefined>,
  {
    isLast = () => false,
    everyMs = 0,
    signal,
  }: { isLast?: (value: Value) => boolean; everyMs?: number; signal?: AbortSignal },
  clock = testClock(),
): Promise<string> {
  const stream = eventStream(request(signal), read, {
    ...{ reader: newId(UserId), changes: changesEvery(clock, everyMs), isLast, clock },
  });
  expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const text = await stream.text();
  return text.replace('retry: 1000\n', '').replaceAll(/^id: .+\n/gm, '');
}

test('sends what changed, and ends with a word after the last', async () => {
  const answers = [1, 1, 2, 3, 4];
  const text = await said(async () => answers.shift(), { isLast: (value) => value === 3 });
  expect(text).toBe(`data: 1\n\ndata: 2\n\ndata: 3\n\n${end}`);
  expect(answers).toEqual([4]);
});

test('looks twice a second at most, however much changes, and every five seconds when nothing does', async () => {
  let reads = 0;
  const read = async () => ++reads;
  await said(read, { isLast: (value) => value > 20 });
  const clock = testClock();
  reads = 0;
  await said(read, { isLast: (value) => value > 20, everyMs: 0 }, clock);
  expect(clock.ms).toBe(20 * 500);
  const quiet = testClock();
  reads = 0;
  await said(read, { isLast: (value) => value > 20, everyMs: 60_000 }, quiet);
  expect(quiet.ms).toBe(20 * 5500);
});

test('ends after five minutes without that word, so that the browser asks again', async () => {
  const clock = testClock();
  const text = await said(async () => 'the same', { everyMs: 60_000 }, clock);
  expect(clock.ms).toBe(300_000);
  expect(text).toMatch(/^data: "the same"\n\n(: still here\n\n)+$/);
});

test('tells nobody again what they had seen when their line broke', async () => {
  const once = (headers: HeadersInit, answers: string[]) => {
    const clock = testClock();
    const options = { reader: newId(UserId), changes: changesEvery(clock, 0), isLast: () => false, clock };
    const asked = new Request('http://localhost/events', { headers });
    return eventStream(asked, async () => answers.shift(), options).text();
  };
  const first = await once({}, ['a', 'b']);
  const seen = [...first.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '');
  expect(new Set(seen).size).toBe(2);
  expect(await once({ 'Last-Event-ID': seen[1] ?? '' }, ['b'])).not.toContain('data:');
  expect(await once({ 'Last-Event-ID': seen[0] ?? '' }, ['b'])).toContain('data: "b"');
});

test('ends without that word when there is nothing to read any more', async () => {
  expect(await said(async () => undefined, { isLast: () => true })).toBe('');
});

test('reads no more once the reader has left', async () => {
  const reader = new AbortController();
  let reads = 0;
  const read = async () => {
    if (++reads === 3) reader.abort();
    return reads;
  };
  expect(await said(read, { signal: reader.signal })).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
  expect(reads).toBe(3);
});

test('nobody holds more than fifty open, whatever others do, and may open another when one has ended', async () => {
  const reader = newId(UserId);
  const silent = { next: () => new Promise<void>(() => undefined), end: () => undefined };
  const open = () => eventStream(request(), async () => 1, { reader, changes: silent, isLast: () => false });
  const streams = Array.from({ length: 49 }, open);
  expect(hasAllStreams(reader)).toBe(false);
  streams.push(open());
  expect([hasAllStreams(reader), hasAllStreams(newId(UserId))]).toEqual([true, false]);
  await streams[0]?.body?.cancel();
  await vi.waitFor(() => expect(hasAllStreams(reader)).toBe(false));
});
