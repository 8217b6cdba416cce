import { eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workers } from '../db/schema/operation';
import type { CampaignId } from '../ids';
import type { EmailMessage, SendResult } from '../providers/provider';
import type { OpenSender } from '../senders/open-sender';
import type { BatchSignals } from './batch';
import { type Claim, claim } from './claim';
import { Engine } from './engine';

export const sentResult: SendResult = { outcome: 'sent', providerMessageId: 'standin-1' };

export type Standin = {
  engine: Engine;
  /** Everything that was handed over, in order. */
  received: EmailMessage[];
  /** How often a connection was tried without sending. */
  checks: number;
};

/** A provider that answers as it is told; only what lies behind the adapters is replaced. For tests. */
export function standinProvider(
  answer: (message: EmailMessage, n: number) => SendResult | Promise<SendResult>,
  { reachable = () => true, now = Date.now }: { reachable?: () => boolean; now?: () => number } = {},
): Standin {
  const standin: Standin = { engine: new Engine(() => sender, now), received: [], checks: 0 };
  const sender: OpenSender = {
    channel: 'email',
    maxBatch: 100,
    async send(batch) {
      const results: SendResult[] = [];
      for (const message of batch) {
        standin.received.push(message);
        results.push(await answer(message, standin.received.length));
      }
      return results;
    },
    async check() {
      standin.checks++;
      return reachable()
        ? { ok: true, detail: 'It answers.' }
        : { ok: false, problem: 'It does not answer.' };
    },
    close: async () => undefined,
  };
  return standin;
}

/** Signals that nobody gives, until `stop` or `abort` is called. For tests. */
export function testSignals(): BatchSignals & { stopNow(): void; abortNow(): void } {
  const stop = new AbortController();
  const abort = new AbortController();
  return {
    stop: stop.signal,
    abort: abort.signal,
    stopNow: () => stop.abort(),
    abortNow: () => abort.abort(),
  };
}

/** A claim as a batch makes it, which nobody hands over. For tests. */
export async function testClaim(
  engine: Engine,
  scope: Scope,
  campaignId: CampaignId,
  { batch = 0, limit = 50 } = {},
): Promise<Claim> {
  await engine.life.beat();
  const holder = { workerId: engine.life.id, fence: engine.claims.begin() };
  return claim(scope, { campaignId, channel: 'email', batch, limit, ...holder });
}

/** As if the worker's last sign of life were long ago; the worker itself knows nothing of it. For tests. */
export async function endLife(engine: Engine): Promise<void> {
  await unsafeDatabase()
    .update(workers)
    .set({ aliveUntil: sql`now() - interval '1 second'` })
    .where(eq(workers.id, engine.life.id));
}
