import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScopeOnce } from '../db/scoped';
import type { SenderId } from '../ids';
import type { SendResult } from '../providers/provider';
import type { Held } from './claim';

/*
 * The circuit breaker of a sender: after a run of failures nobody sends through it, until one message that tries gets
 * through. It stands in the database, so that all workers hold still together and people read why.
 */

/** So many messages in a row, and nothing sent between them, are no longer the recipients' fault. */
const longestRun = 10;
const firstHoldMs = 2_000;
const longestHoldMs = 30_000;

/** What failed one after the other without anything sent between, as this process has seen it. */
export class FailureRun {
  #failed: { claimed: Held; result: SendResult }[] = [];

  /** Notes what became of a message. When that makes the run too long, answers what stands for all of it. */
  note(claimed: Held, result: SendResult): SendResult | undefined {
    if (result.outcome === 'sent') this.#failed = [];
    else if (isProvidersFault(result, claimed)) this.#failed.push({ claimed, result });
    return this.#failed.length >= longestRun ? this.#whatMostSay() : undefined;
  }

  /** Whether it is our settings or the provider is not for one message to say, which may be about its recipient alone. */
  #whatMostSay(): SendResult | undefined {
    const results = this.#failed.map(({ result }) => result);
    const ours = results.filter(({ outcome }) => outcome === 'misconfigured');
    const most = ours.length > results.length / 2 ? ours : results.filter((one) => !ours.includes(one));
    return most.at(-1);
  }

  /** Ends the run and answers whom it has met. */
  take(): Held[] {
    const failed = this.#failed;
    this.#failed = [];
    return failed.map(({ claimed }) => claimed);
  }
}

/** "Not now" about somebody who was tried before says something about them, and not about the provider. */
function isProvidersFault(result: SendResult, claimed: Held): boolean {
  if (result.outcome === 'in-doubt') return true;
  if (result.outcome === 'misconfigured') return claimed.attempt === 1;
  if (result.outcome !== 'retry') return false;
  return result.reason === 'connection' || claimed.attempt === 1;
}

/**
 * Opens the breaker, longer each time in a row: 2 s to half a minute, or as long as the provider asks for. Several workers
 * that find the same out at once open it once; the one whose message tried opens it again. `problem` is a sentence for people.
 */
export async function openBreaker(
  scope: Scope,
  senderId: SenderId,
  problem: string,
  { probe = false, atLeastMs = 0 } = {},
): Promise<void> {
  const until = (
    failures: SQL,
  ) => sql`clock_timestamp() + interval '1 millisecond' * greatest(${atLeastMs}::float8,
    least(${longestHoldMs}::float8, ${firstHoldMs}::float8 * power(2, least(${failures}, 10))))`;
  await inScopeOnce(
    scope,
    sql`
    insert into breakers as b (workspace_id, sender_id, failures, open_until, problem)
    values (${scope.workspaceId}, ${senderId}, 1, ${until(sql`0`)}, ${problem})
    on conflict (workspace_id, sender_id) do update set
      failures = b.failures + 1, open_until = ${until(sql`b.failures`)}, problem = excluded.problem
    where ${probe}::boolean or b.open_until <= clock_timestamp()`,
  );
}

/** Until when the breaker is held open for everybody else: by it the turn is given back. */
export type Probe = { until: string };

/** The caller's turn to try with one message; undefined: somebody else has it. Whoever takes too long for it loses it to another. */
export async function takeProbe(scope: Scope, senderId: SenderId): Promise<Probe | undefined> {
  const [won] = await inScopeOnce<Probe>(
    scope,
    sql`
    update breakers set open_until = clock_timestamp() + ${longestHoldMs} * interval '1 millisecond'
    where workspace_id = ${scope.workspaceId} and sender_id = ${senderId} and open_until <= clock_timestamp()
    returning open_until::text as until`,
  );
  return won;
}

/** Whoever was to try has tried nobody: somebody else may, at once, unless they have the turn already. */
export async function releaseProbe(scope: Scope, senderId: SenderId, { until }: Probe): Promise<void> {
  await inScopeOnce(
    scope,
    sql`update breakers set open_until = clock_timestamp()
      where workspace_id = ${scope.workspaceId} and sender_id = ${senderId} and open_until = ${until}::timestamptz`,
  );
}

/** Something got through. */
export async function closeBreaker(scope: Scope, senderId: SenderId): Promise<void> {
  await inScopeOnce(
    scope,
    sql`delete from breakers where workspace_id = ${scope.workspaceId} and sender_id = ${senderId}`,
  );
}

/**
 * Gives the attempts of a run back: whoever it met waits on as if it had not been, also who had failed by it for good. Rows
 * that were claimed since, or whose message may have gone out, are left alone.
 */
export async function forgiveRun(scope: Scope, run: Held[]): Promise<void> {
  if (run.length === 0) return;
  const input = JSON.stringify(run.map(({ id, fence }) => ({ id, fence })));
  await inScopeOnce(
    scope,
    sql`
    with input as materialized (
      select * from jsonb_to_recordset(${input}::text::jsonb) as r(id uuid, fence int)
    ), going as materialized (
      -- Held, so that none of them completes at this moment, without seeing who waits on.
      select k.id from campaigns k
      where k.workspace_id = ${scope.workspaceId} and k.status in ('sending', 'paused') and k.id = any(array(
        select d.campaign_id from deliveries d where d.workspace_id = ${scope.workspaceId} and d.id = any(array(select id from input))))
      for share
    )
    update deliveries d set state = 'retrying', attempts = d.attempts - 1, retry_at = clock_timestamp()
    from input r, going k
    where d.workspace_id = ${scope.workspaceId} and d.id = any(array(select id from input))
      and d.id = r.id and d.fence = r.fence and d.attempts > 0
      and d.state in ('retrying', 'failed') and d.reason in ('connection', 'temporary', 'authentication', 'sender_refused')
      and k.id = d.campaign_id`,
  );
}
