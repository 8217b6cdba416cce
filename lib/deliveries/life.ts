import { sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { workers } from '../db/schema/operation';
import { uuidv7 } from '../ids';

/** How long after its last sign of life a worker's claims hold, in seconds. */
const lifeSeconds = 15;

/**
 * The life of a process that claims deliveries: a row that says until when its claims hold. Past that, others take them up
 * (./sweep.ts), and this process, should it have slept, hands nothing over any more under that name; its next sign of life
 * begins a new one. Its own clock never thinks that a claim holds longer than the database does, because it counts from
 * before the sign was sent.
 */
export class WorkerLife {
  #id = uuidv7();
  #until = { steady: 0, wall: 0 };

  get id(): string {
    return this.#id;
  }

  /** Whether what was claimed under this name may still be handed over. A sleeping machine stops one of the clocks. */
  holds(id = this.#id): boolean {
    return id === this.#id && performance.now() < this.#until.steady && Date.now() < this.#until.wall;
  }

  /** Says that this process lives. To be repeated every few seconds. */
  async beat(): Promise<void> {
    if (this.#until.steady > 0 && !this.holds()) {
      this.#id = uuidv7();
      this.#until = { steady: 0, wall: 0 };
    }
    const id = this.#id;
    const until = {
      steady: performance.now() + lifeSeconds * 1000,
      wall: Date.now() + lifeSeconds * 1000,
    };
    const aliveUntil = sql`clock_timestamp() + make_interval(secs => ${lifeSeconds})`;
    await unsafeDatabase()
      .insert(workers)
      .values({ id, aliveUntil })
      .onConflictDoUpdate({ target: workers.id, set: { seenAt: sql`now()`, aliveUntil } });
    // A life that ended before this answer is not prolonged: others may have taken its claims up in between.
    if (id === this.#id && (this.#until.steady === 0 || this.holds())) this.#until = until;
  }

  /** Its claims are settled: others need not wait for them. */
  async end(): Promise<void> {
    this.#until = { steady: 1, wall: 1 };
    await unsafeDatabase()
      .update(workers)
      .set({ aliveUntil: sql`now()`, seenAt: sql`'-infinity'` })
      .where(sql`${workers.id} = ${this.#id}`);
  }
}
