import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { conforms } from './conformance';
import type { ProviderHooks, SmsMessage } from './provider';
import { sandboxSmsProvider } from './sandbox-sms';
import { testSms } from './testing-message';

const people = {
  message: testSms,
  person: (n: number) => `+1500555${String(1000 + n)}`,
  ...{ refused: '+15005550001', held: '+15005550002', lost: '+15005550003' },
};

/** An inbox that keeps some messages and does not say so. */
function inbox() {
  const stored: SmsMessage[] = [];
  const hooks: ProviderHooks = {
    store: async () => [],
    async storeTexts(messages) {
      stored.push(...messages);
      if (messages.some(({ to }) => to === people.held)) await delay(1_000);
      if (messages.some(({ to }) => [people.held, people.lost].includes(to))) throw new Error('gone');
      return messages.map((_, n) => `id-${stored.length}-${n}`);
    },
    report: async () => undefined,
    failedAttempts: async () => new Map(),
  };
  return { hooks, stored };
}

conforms(
  'the sandbox for text messages',
  async () => {
    const { hooks, stored } = inbox();
    return {
      provider: sandboxSmsProvider(hooks),
      config: {},
      received: () => stored.map(({ to }) => to),
      close: async () => undefined,
    };
  },
  people,
);

it('plays that somebody has texted STOP', async () => {
  const { hooks, stored } = inbox();
  const results = await sandboxSmsProvider(hooks).send(
    {},
    [testSms('+15005550004')],
    new AbortController().signal,
  );
  expect(results).toMatchObject([{ outcome: 'refused', reason: 'opted_out' }]);
  expect(stored).toEqual([]);
});
