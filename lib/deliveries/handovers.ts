import { sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import type { Claimed } from './claim';
import type { WorkerLife } from './life';

/**
 * Writes down what is about to be handed to a provider, before it is. A row per lane, overwritten by the next hand-over in
 * it; so a lane is given out again only when what it names is settled.
 */
export class Handovers {
  #lanes = 0;
  readonly #free: number[] = [];

  constructor(private readonly life: WorkerLife) {}

  takeLane(): number {
    return this.#free.pop() ?? this.#lanes++;
  }

  freeLane(lane: number): void {
    this.#free.push(lane);
  }

  /**
   * Of one claim. True: it is written, and the claim of `workerId` still holds, so that others will believe it. False: nothing may be
   * handed over. The order is what counts: whoever takes a dead worker's claims up reads this table after the worker's
   * life has ended, and this one looks at its life after it has written.
   */
  async write(workerId: string, lane: number, claimed: Claimed[]): Promise<boolean> {
    if (!this.life.holds(workerId)) return false;
    await unsafeDatabase().execute(sql`
      insert into handovers (worker_id, lane, fence, delivery_ids)
      values (${workerId}, ${lane}, ${claimed[0]?.fence ?? 0}, ${`{${claimed.map(({ id }) => id).join(',')}}`}::uuid[])
      on conflict (worker_id, lane) do update set fence = excluded.fence, delivery_ids = excluded.delivery_ids`);
    return this.life.holds(workerId);
  }
}
