/** What a provider takes in this time may be on its way to it at once, in seconds. */
const depth = 0.1;
/** As many as fit into one claim. */
const most = 400;
const measureMs = 250;

type Waiting = { want: number; begin: (count: number) => void };

/**
 * How many messages of this process may be on their way to one provider: what it takes in a tenth of a second, and at least
 * as many as it takes at once. So a crash leaves no more of them unconfirmed than that, and a quick provider never waits.
 */
export class Wire {
  #capacity: number;
  #used = 0;
  #done = 0;
  #since = performance.now();
  readonly #waiting: Waiting[] = [];

  constructor(private readonly least: number) {
    this.#capacity = least;
  }

  /** Waits for room and takes at least one place, at most `want`. Who came first goes first. */
  enter(want: number): Promise<number> {
    return new Promise((begin) => {
      this.#waiting.push({ want, begin });
      this.#next();
    });
  }

  /** Frees places; `sent` says how many messages went through them. */
  leave(places: number, sent: number): void {
    this.#used -= places;
    this.#done += sent;
    const now = performance.now();
    const elapsed = now - this.#since;
    if (elapsed >= measureMs) {
      const measured = Math.round((this.#done / elapsed) * 1000 * depth);
      // Grows at once, because a provider that is kept waiting cannot show how quick it is; shrinks by halves.
      const next = Math.max(measured, Math.floor(this.#capacity / 2));
      this.#capacity = Math.min(most, Math.max(this.least, next));
      this.#done = 0;
      this.#since = now;
    }
    this.#next();
  }

  #next(): void {
    for (let free = this.#capacity - this.#used; free > 0; free = this.#capacity - this.#used) {
      const first = this.#waiting.shift();
      if (!first) return;
      const count = Math.min(first.want, free);
      this.#used += count;
      first.begin(count);
    }
  }
}
