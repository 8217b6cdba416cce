import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { inScopeOnce } from '../db/scoped';
import type { CampaignId } from '../ids';
import type { FrozenRequest } from '../providers/provider';
import type { Held } from './claim';
import type { WorkerLife } from './life';

/** A request to a provider with all that sending it again takes. `forMs`: how long the provider knows it by its key. */
export type KeptRequest = FrozenRequest & { account: string; forMs: number };

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
  async write(workerId: string, lane: number, claimed: Held[]): Promise<boolean> {
    if (!this.life.holds(workerId)) return false;
    await unsafeDatabase().execute(sql`
      insert into handovers (worker_id, lane, fence, delivery_ids)
      values (${workerId}, ${lane}, ${claimed[0]?.fence ?? 0}, ${`{${claimed.map(({ id }) => id).join(',')}}`}::uuid[])
      on conflict (worker_id, lane) do update set fence = excluded.fence, delivery_ids = excluded.delivery_ids`);
    return this.life.holds(workerId);
  }

  /**
   * The same for a request that can be sent again: it is kept, and the rows name it, in one transaction and only while the
   * claim of all of them holds. Whoever takes them up sends it again.
   */
  async writeRequest(
    scope: Scope,
    { campaignId, workerId }: { campaignId: CampaignId; workerId: string },
    claimed: Held[],
    { key, body, account, forMs }: KeptRequest,
  ): Promise<boolean> {
    if (!this.life.holds(workerId)) return false;
    const { workspaceId } = scope;
    const ids = sql`${`{${claimed.map(({ id }) => id).join(',')}}`}::uuid[]`;
    const written = await inScopeOnce(
      scope,
      sql`
      with held as materialized (
        select d.id from deliveries d
        where d.workspace_id = ${workspaceId} and d.id = any(${ids}) and d.state = 'sending'
          and d.fence = ${claimed[0]?.fence ?? 0} and d.claimed_by = ${workerId}
        order by d.id for no key update
      ), kept as (
        insert into replays (workspace_id, id, campaign_id, delivery_ids, body, account, expires_at)
        select ${workspaceId}, ${key}::uuid, ${campaignId}, ${ids}, ${body}, ${account},
          clock_timestamp() + make_interval(secs => ${forMs / 1000})
        where (select count(*) from held) = ${claimed.length}
        returning id
      )
      update deliveries d set replay_id = kept.id from kept
      where d.workspace_id = ${workspaceId} and d.id = any(array(select id from held))
      returning d.id`,
    );
    return written.length === claimed.length && this.life.holds(workerId);
  }
}
