import { connect } from '../db/client';
import { required } from '../env';
import type { CampaignId, ImportId, UserId } from '../ids';
import { log } from '../log';

/** What the database tells of, by its id: see the triggers of migration 0022 and ./announce.ts. */
export type Watched = CampaignId | ImportId | UserId;

export type Watch = {
  /** Ends as soon as one of them has changed since it ended last, after `ms`, or when `signal` aborts. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  end(): void;
};

type Waker = () => void;
type Live = { watching: Map<string, Set<Waker>>; end: () => Promise<void> };

// Next.js evaluates modules once per bundle and again on a reload: one connection per process listens all the same.
const shared = globalThis as typeof globalThis & { posthasteLive?: Live };

/** Watches things change, through the one connection of this process that listens. Whoever watches must `end` it. */
export function watch(ids: Watched[]): Watch {
  shared.posthasteLive ??= listen();
  const { watching } = shared.posthasteLive;
  let changed = false;
  let wake: Waker = () => undefined;
  const waker = () => {
    changed = true;
    wake();
  };
  for (const id of ids) {
    const wakers = watching.get(id) ?? new Set();
    watching.set(id, wakers.add(waker));
  }
  return {
    async next(ms, signal) {
      if (!changed && !signal.aborted)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, ms);
          function done(): void {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
          }
          signal.addEventListener('abort', done, { once: true });
          wake = done;
        });
      changed = false;
    },
    end() {
      for (const id of ids) {
        const wakers = watching.get(id);
        wakers?.delete(waker);
        if (wakers?.size === 0) watching.delete(id);
      }
    },
  };
}

function wakeAll(wakers: Iterable<Waker>): void {
  for (const wake of wakers) wake();
}

function listen(): Live {
  const watching: Live['watching'] = new Map();
  // A connection of its own, which comes back by itself: the pool's are replaced when one of them is lost.
  const { $client: client } = connect(required('DATABASE_URL'), { max: 1 });
  client
    .listen(
      'live',
      (id) => wakeAll(watching.get(id) ?? []),
      // Also when it has come back: what was said meanwhile it has not heard, so that everybody looks.
      () => wakeAll([...watching.values()].flatMap((wakers) => [...wakers])),
    )
    .catch((error: unknown) => log.warn({ err: error }, 'changes are not heard of yet; it is tried again'));
  return { watching, end: () => client.end({ timeout: 1 }) };
}

/** Stops listening. */
export async function stopWatching(): Promise<void> {
  const live = shared.posthasteLive;
  shared.posthasteLive = undefined;
  await live?.end();
}
