import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { UserId } from './ids';
import type { Watch } from './live/watch';
import { log } from './log';

// The server around Next.js and the code that Next.js bundled each have their own copy of this module.
const shared = globalThis as typeof globalThis & {
  posthasteStreams?: { open: Map<AbortController, UserId>; closed: boolean };
};

function streams() {
  shared.posthasteStreams ??= { open: new Map(), closed: false };
  return shared.posthasteStreams;
}

/**
 * Ends every open stream, and new ones at once; browsers come back by themselves. Without it a stopping server would
 * wait for them.
 */
export function closeEventStreams(): void {
  streams().closed = true;
  for (const stream of streams().open.keys()) stream.abort();
}

/** More pages than anybody looks at. Each change is a look for every stream, so that hundreds of them would keep the database busy. */
const mostPerReader = 50;

/** Whether somebody has as many streams open, in this process, as one person may. */
export function hasAllStreams(reader: UserId): boolean {
  return [...streams().open.values()].filter((one) => one === reader).length >= mostPerReader;
}

/** After that a stream ends without a word: the browser asks again, and whoever may not read any more is told so. */
const authorisedMs = 5 * 60_000;
/** No two looks are closer together: at most two updates a second. */
const leastMs = 500;
/** However still it is, it is looked at again: rates fall by themselves, and an announcement may be lost. */
const mostMs = 5_000;
/** A stream keeps the database at work for a tenth of the time at most. */
const restPerWork = 9;
/** A comment now and then shows that a reader has gone, and keeps proxies from closing a silent line. */
const silenceMs = 15_000;

type Clock = { now(): number; wait(ms: number, signal: AbortSignal): Promise<unknown> };
const realClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }),
};

type Options<Value> = { reader: UserId; changes: Watch; isLast: (value: Value) => boolean; clock?: Clock };

/**
 * Server-sent events (WHATWG HTML §9.2): sends what `read` answers, at once and then whenever it changed, looking when
 * `changes` tells of one. Each bears an id made of what it says, so that a reader who comes back with the one that it has seen is not told
 * the same again. Ends with the event `end` after an answer for which `isLast` holds, and without it when there is none, when the
 * reader leaves, or after five minutes.
 */
export function eventStream<Value>(
  request: Request,
  read: () => Promise<Value | undefined>,
  { reader, changes, isLast, clock = realClock }: Options<Value>,
): Response {
  const stop = new AbortController();
  const leave = () => stop.abort();
  request.signal.addEventListener('abort', leave, { once: true });
  const { open, closed } = streams();
  if (closed) leave();
  open.set(stop, reader);
  const encoder = new TextEncoder();

  async function run(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const send = (text: string) => controller.enqueue(encoder.encode(`${text}\n\n`));
    let seen = request.headers.get('last-event-id');
    const endsAt = clock.now() + authorisedMs;
    let first = 'retry: 1000\n';
    let silentUntil = Number.NEGATIVE_INFINITY;
    while (!stop.signal.aborted && clock.now() < endsAt) {
      const asked = clock.now();
      const value = await read();
      // What takes long to count is asked for less often, however many look.
      const pauseMs = Math.max(leastMs, (clock.now() - asked) * restPerWork);
      if (value === undefined) return;
      const data = JSON.stringify(value);
      const id = createHash('sha256').update(data).digest('base64url').slice(0, 22);
      const said = id === seen ? undefined : `id: ${id}\ndata: ${data}`;
      if (said !== undefined || clock.now() >= silentUntil) {
        send(`${first}${said ?? ': still here'}`);
        first = '';
        silentUntil = clock.now() + silenceMs;
      }
      seen = id;
      if (isLast(value)) {
        send('event: end\ndata: {}');
        return;
      }
      await clock.wait(pauseMs, stop.signal);
      await changes.next(Math.max(0, Math.min(mostMs, endsAt - clock.now())), stop.signal);
    }
  }

  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      run(controller)
        .catch((error: unknown) => {
          if (!stop.signal.aborted) log.error({ err: error }, 'an event stream failed');
        })
        .finally(() => {
          changes.end();
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
