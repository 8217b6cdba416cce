import { setTimeout as delay } from 'node:timers/promises';
import { log } from './log';

// The server around Next.js and the code that Next.js bundled each have their own copy of this module.
const shared = globalThis as typeof globalThis & {
  posthasteStreams?: { open: Set<AbortController>; closed: boolean };
};

function streams() {
  shared.posthasteStreams ??= { open: new Set(), closed: false };
  return shared.posthasteStreams;
}

/**
 * Ends every open stream, and new ones at once; browsers come back by themselves. Without it a stopping server would
 * wait for them.
 */
export function closeEventStreams(): void {
  streams().closed = true;
  for (const stream of streams().open) stream.abort();
}

/** After that a stream ends without a word: the browser asks again, and whoever may not read any more is told so. */
const authorisedMs = 5 * 60_000;
/** A stream keeps the database at work for a tenth of the time at most. */
const restPerWork = 9;

type Clock = { now(): number; wait(ms: number, signal: AbortSignal): Promise<unknown> };
const realClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }),
};

type Options<Value> = { everyMs?: number; isLast: (value: Value) => boolean; clock?: Clock };

/**
 * Server-sent events (WHATWG HTML §9.2): sends what `read` answers, at once and then whenever it changed, looking every
 * `everyMs`, or less often when that takes long. Ends with the event `end` after an answer for which `isLast` holds, and without it when there is none, when the
 * reader leaves, or after five minutes.
 */
export function eventStream<Value>(
  request: Request,
  read: () => Promise<Value | undefined>,
  { everyMs = 700, isLast, clock = realClock }: Options<Value>,
): Response {
  const stop = new AbortController();
  const leave = () => stop.abort();
  request.signal.addEventListener('abort', leave, { once: true });
  const { open, closed } = streams();
  if (closed) leave();
  open.add(stop);
  const encoder = new TextEncoder();

  async function run(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let last = '';
    let silentMs = 0;
    const endsAt = clock.now() + authorisedMs;
    while (!stop.signal.aborted && clock.now() < endsAt) {
      const asked = clock.now();
      const value = await read();
      // What takes long to count is asked for less often, however many look.
      const pauseMs = Math.max(everyMs, (clock.now() - asked) * restPerWork);
      if (value === undefined) return;
      const data = JSON.stringify(value);
      if (data !== last) controller.enqueue(encoder.encode(`data: ${data}\n\n`));
      // A comment now and then shows that a reader has gone, and keeps proxies from closing a silent line.
      else if (silentMs >= 15_000) controller.enqueue(encoder.encode(': still here\n\n'));
      silentMs = data === last && silentMs < 15_000 ? silentMs + pauseMs : 0;
      last = data;
      if (isLast(value)) {
        controller.enqueue(encoder.encode('event: end\ndata: {}\n\n'));
        return;
      }
      await clock.wait(pauseMs, stop.signal);
    }
  }

  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      run(controller)
        .catch((error: unknown) => {
          if (!stop.signal.aborted) log.error({ err: error }, 'an event stream failed');
        })
        .finally(() => {
          open.delete(stop);
          request.signal.removeEventListener('abort', leave);
          try {
            controller.close();
          } catch {
            // the reader closed it first
          }
        });
    },
    cancel: leave,
  });
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
}
