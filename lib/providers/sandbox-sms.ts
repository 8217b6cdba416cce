import { z } from 'zod';
import { log } from '../log';
import { defineProvider } from './definition';
import {
  expired,
  interrupted,
  type Provider,
  type ProviderHooks,
  type SendResult,
  type SmsMessage,
} from './provider';

const SandboxConfig = z.object({}).loose();

/** What becomes of some numbers, so that it can be tried: those of Twilio's test credentials. */
const fates: Record<string, SendResult> = {
  '+15005550001': { outcome: 'refused', reason: 'address_refused', detail: 'This is not a number.' },
  '+15005550009': { outcome: 'refused', reason: 'address_refused', detail: 'It cannot receive texts.' },
  '+15005550004': { outcome: 'refused', reason: 'opted_out', detail: 'They have texted STOP.' },
};

/** Delivers text messages into the inbox inside the app. */
export function sandboxSmsProvider(hooks: ProviderHooks): Provider<z.output<typeof SandboxConfig>, 'sms'> {
  async function deliver(messages: SmsMessage[]): Promise<SendResult[]> {
    if (messages.length === 0) return [];
    try {
      const ids = await hooks.storeTexts(messages);
      return messages.map((_, at) => ({ outcome: 'sent', providerMessageId: ids[at] ?? '' }));
    } catch (error) {
      log.error({ err: error }, 'the sandbox inbox failed');
      const detail = 'The sandbox inbox did not answer.';
      return messages.map(() => ({ outcome: 'in-doubt', reason: 'in_doubt', detail }));
    }
  }
  return {
    name: 'sandbox_sms',
    channel: 'sms',
    config: SandboxConfig,
    maxBatch: 100,
    async send(_config, batch, signal) {
      if (signal.aborted) return batch.map(() => interrupted);
      const early = batch.map(({ to, until }) =>
        until !== undefined && until < performance.now() ? expired : fates[to],
      );
      const delivered = await deliver(batch.filter((_, n) => early[n] === undefined));
      return early.map((result) => result ?? delivered.shift() ?? interrupted);
    },
    check: async () => ({ ok: true, detail: 'The sandbox is always ready. Nothing leaves this machine.' }),
    close: async () => undefined,
  };
}

export const sandboxSms = defineProvider({
  name: 'sandbox_sms',
  channel: 'sms',
  label: 'Sandbox for text messages',
  about: 'An inbox inside Posthaste. No phone gets anything: made for trying things out.',
  fields: [],
  perMinute: 10,
  config: SandboxConfig,
  summary: () => 'Delivers to the sandbox inbox',
  create: sandboxSmsProvider,
});
