import { expect, test } from 'vitest';
import { eventStream } from './event-stream';

/** Time that passes only while the stream waits, and can be watched. */
function testClock() {
  const clock = { ms: 0, now: () => clock.ms, wait };
  async function wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    clock.ms += ms;
  }
  return clock;
}

const request = (signal?: AbortSignal) =>
  new Request('http://localhost/events', signal ? { signal } : undefined);
const end = 'event: end\ndata: {}\n\n';

test('sends what changed, and ends with a word after the last', async () => {
  const answers = [1, 1, 2, 3, 4];
  const stream = eventStream(request(), async () => answers.shift(), {
    isLast: (value) => value === 3,
    clock: testClock(),
  });
  expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(await stream.text()).toBe(`data: 1\n\ndata: 2\n\ndata: 3\n\n${end}`);
  expect(answers).toEqual([4]);
});

test('ends after five minutes without that word, so that the browser asks again', async () => {
  const clock = testClock();
  const stream = eventStream(request(), async () => 'the same', {
    everyMs: 1000,
    isLast: () => false,
    clock,
  });
  const body = await stream.text();
  expect(clock.ms).toBe(300_000);
  expect(body).toMatch(/^data: "the same"\n\n(: still here\n\n)+$/);
});

test('ends without that word when there is nothing to read any more', async () => {
  const stream = eventStream(request(), async () => undefined, { isLast: () => true, clock: testClock() });
  expect(await stream.text()).toBe('');
});

test('reads no more once the reader has left', async () => {
  const reader = new AbortController();
  let reads = 0;
  const read = async () => {
    if (++reads === 3) reader.abort();
    return reads;
  };
  const stream = eventStream(request(reader.signal), read, { isLast: () => false, clock: testClock() });
  expect(await stream.text()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
  expect(reads).toBe(3);
});
