import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { DeliveryId } from '../ids';
import { log } from '../log';
import { defineProvider } from './definition';
import {
  type EmailMessage,
  expired,
  interrupted,
  type Provider,
  type ProviderEvent,
  type ProviderHooks,
  type SendResult,
} from './provider';
import { type Fate, fateOf, ordinaryFate } from './sandbox-fates';

const SandboxConfig = z.object({}).loose();
type SandboxConfig = z.output<typeof SandboxConfig>;

type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;
const realWait: Wait = (milliseconds, signal) => delay(milliseconds, undefined, { signal });

type Play = { message: EmailMessage; fate: Fate; result: SendResult | undefined };

/** Delivers into an inbox inside the app, and plays every fate for magic addresses (./sandbox-fates.ts). */
export function sandboxProvider(hooks: ProviderHooks, wait: Wait = realWait): Provider<SandboxConfig> {
  return {
    name: 'sandbox',
    channel: 'email',
    config: SandboxConfig,
    maxBatch: 100,
    async send(_config, batch, signal) {
      if (signal.aborted) return batch.map(() => interrupted);
      const plays = await playsOf(hooks, batch);
      const isSlow = await waitForSlow(plays, wait, signal);
      const arriving = plays.filter((play) => play.result === undefined || play.fate.arrives === true);
      await deliver(hooks, isSlow ? arriving : arriving.filter((play) => !play.fate.delayMs));
      return plays.map((play) => play.result ?? interrupted);
    },
    check: async () => ({ ok: true, detail: 'The sandbox is always ready. Nothing leaves this machine.' }),
    close: async () => undefined,
  };
}

export const sandbox = defineProvider({
  name: 'sandbox',
  channel: 'email',
  label: 'Sandbox',
  about: 'An inbox inside Posthaste. Nothing leaves this machine: made for trying things out.',
  fields: [],
  perMinute: 1200,
  config: SandboxConfig,
  summary: () => 'Delivers to the sandbox inbox',
  create: (hooks) => sandboxProvider(hooks),
});

/** Fates that change with the attempt ask the ledger, so that any worker knows; a test send is always a first attempt. */
async function playsOf(hooks: ProviderHooks, batch: EmailMessage[]): Promise<Play[]> {
  const counted: DeliveryId[] = [];
  for (const { deliveryId, to } of batch)
    if (deliveryId && fateOf(to.address).attempts !== undefined) counted.push(deliveryId);
  const failed = counted.length > 0 ? await hooks.failedAttempts(counted) : new Map<DeliveryId, number>();
  return batch.map((message) => {
    if (message.until !== undefined && message.until < performance.now())
      return { message, fate: fateOf(message.to.address), result: expired };
    const fate = fateOf(message.to.address);
    const before = message.deliveryId ? (failed.get(message.deliveryId) ?? 0) : 0;
    const isOver = fate.attempts !== undefined && (message.deliveryId === null || before >= fate.attempts);
    return isOver
      ? { message, fate: ordinaryFate, result: undefined }
      : { message, fate, result: fate.result };
  });
}

/** False when it was interrupted: then the slow ones are not delivered. */
async function waitForSlow(plays: Play[], wait: Wait, signal: AbortSignal): Promise<boolean> {
  const longest = Math.max(0, ...plays.map((play) => play.fate.delayMs ?? 0));
  if (longest === 0) return true;
  return wait(longest, signal).then(
    () => true,
    () => false,
  );
}

/** Puts messages into the inbox and settles their results. If the inbox cannot say whether it kept them, nobody can. */
async function deliver(hooks: ProviderHooks, plays: Play[]): Promise<void> {
  if (plays.length === 0) return;
  try {
    const ids = await hooks.store(plays.map((play) => play.message));
    plays.forEach((play, at) => {
      play.result ??= { outcome: 'sent', providerMessageId: ids[at] ?? '' };
    });
    const events = plays.flatMap(eventsOf);
    if (events.length > 0) await hooks.report(events);
  } catch (error) {
    log.error({ err: error }, 'the sandbox inbox failed');
    for (const play of plays)
      play.result ??= {
        outcome: 'in-doubt',
        reason: 'in_doubt',
        detail: 'The sandbox inbox did not answer.',
      };
  }
}

const eventsOf = ({ message, fate, result }: Play): ProviderEvent[] => {
  const { deliveryId } = message;
  if (deliveryId === null || result?.outcome !== 'sent') return [];
  return fate.events.map((type) => ({
    ...{ deliveryId, type },
    ...(type === 'soft_bounced' && { returned: result.providerMessageId, detail: fate.detail }),
    ...(type === 'clicked' && { choice: Number.parseInt(deliveryId.slice(-4), 16) }),
  }));
};
