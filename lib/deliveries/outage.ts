import type { SenderId } from '../ids';

const longestHoldMs = 60_000;

type Hold = { failures: number; until: number };

/**
 * Which senders cannot be reached at present, as this process has found out. While one is held nobody is claimed for it;
 * afterwards a single message tries, and the wait doubles with each that finds nobody: 2 s to 1 minute.
 */
export class Outages {
  readonly #holds = new Map<SenderId, Hold>();

  constructor(private readonly now: () => number) {}

  /** Milliseconds until the sender may be tried again. */
  waitMs(id: SenderId): number {
    return Math.max(0, (this.#holds.get(id)?.until ?? 0) - this.now());
  }

  isSuspect(id: SenderId): boolean {
    return this.#holds.has(id);
  }

  /** Several that fail at once are one failure. */
  failed(id: SenderId): void {
    const { failures, until } = this.#holds.get(id) ?? { failures: 0, until: 0 };
    if (until > this.now()) return;
    const holdMs = Math.min(longestHoldMs, 2_000 * 2 ** failures);
    this.#holds.set(id, { failures: failures + 1, until: this.now() + holdMs });
  }

  /** The provider asked for a break. */
  hold(id: SenderId, ms: number): void {
    const { failures, until } = this.#holds.get(id) ?? { failures: 0, until: 0 };
    this.#holds.set(id, { failures, until: Math.max(until, this.now() + ms) });
  }

  reached(id: SenderId): void {
    this.#holds.delete(id);
  }
}
