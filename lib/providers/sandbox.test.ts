import { describe, expect, it } from 'vitest';
import { conforms } from './conformance';
import type { EmailMessage, ProviderEvent, ProviderHooks } from './provider';
import { sandboxProvider } from './sandbox';
import { fateOf, fates } from './sandbox-fates';
import { emailPeople, testMessage } from './testing-message';

const never = () => new AbortController().signal;

function inbox(failed = new Map<string, number>()) {
  const stored: EmailMessage[] = [];
  const events: ProviderEvent[] = [];
  const hooks: ProviderHooks = {
    async store(messages) {
      stored.push(...messages);
      return messages.map((_, i) => `id-${stored.length}-${i}`);
    },
    storeTexts: async () => [],
    async report(more) {
      events.push(...more);
    },
    failedAttempts: async (ids) => new Map(ids.map((id) => [id, failed.get(id) ?? 0])),
  };
  return { hooks, stored, events };
}

conforms(
  'the sandbox',
  async () => {
    const { hooks, stored } = inbox();
    const untilStopped = (_: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('stopped'))),
      );
    return {
      provider: sandboxProvider(hooks, untilStopped),
      config: {},
      received: () => stored.map((message) => message.to.address),
      close: async () => undefined,
    };
  },
  {
    ...emailPeople,
    ...{ refused: 'refused@example.net', held: 'slow@example.net' },
    ...{ lost: 'unconfirmed@example.net', throttled: 'throttled@example.net' },
  },
);

const quick = async () => undefined;

describe('the fates of the sandbox', () => {
  const play = async (local: string, failedBefore = 0) => {
    const message = testMessage(`${local}@example.net`);
    const { hooks, stored, events } = inbox(new Map([[String(message.deliveryId), failedBefore]]));
    const [result] = await sandboxProvider(hooks, quick).send({}, [message], never());
    return { result, stored: stored.length, events: events.map((event) => event.type) };
  };

  it.each([
    ['anybody', 'sent', 1, ['delivered']],
    ['bounce', 'sent', 1, ['bounced']],
    ['full', 'sent', 1, ['soft_bounced']],
    ['complaint', 'sent', 1, ['delivered', 'complained']],
    ['opens', 'sent', 1, ['delivered', 'opened']],
    ['clicks', 'sent', 1, ['delivered', 'opened', 'clicked']],
    ['scanner', 'sent', 1, ['delivered', 'scanned']],
    ['slow', 'sent', 1, ['delivered']],
    ['flaky', 'retry', 0, []],
    ['throttled', 'throttled', 0, []],
    ['outage', 'retry', 0, []],
    ['refused', 'refused', 0, []],
    ['rejected', 'refused', 0, []],
    ['unconfirmed', 'in-doubt', 1, []],
  ])('%s@ is %s', async (local, outcome, stored, events) => {
    const played = await play(local);
    expect(played.result?.outcome).toBe(outcome);
    expect(played).toMatchObject({ stored, events });
  });

  it('takes the second message to a mailbox that was full', async () => {
    expect((await play('full', 1)).events).toEqual(['delivered']);
  });

  it('covers every fate of the table', () => {
    expect(fates.map((fate) => fate.name).sort()).toEqual(
      'bounce clicks complaint flaky full opens outage refused rejected scanner slow throttled unconfirmed'
        .split(' ')
        .sort(),
    );
  });

  it('lets flaky through at the third attempt and throttled at the second', async () => {
    expect((await play('flaky', 1)).result?.outcome).toBe('retry');
    expect((await play('flaky', 2)).result?.outcome).toBe('sent');
    expect((await play('throttled', 1)).result?.outcome).toBe('sent');
    expect((await play('outage', 50)).result?.outcome).toBe('retry');
  });

  it.each(['bounce', 'Bounce', 'bounce+7', 'bounce-12', 'bounce.3', 'bounce42'])('knows %s@', (local) => {
    expect(fateOf(`${local}@example.org`).name).toBe('bounce');
  });

  it.each(['bouncer', 'my-bounce', 'slowik', 'bounce-me', 'bounce7a', ''])(
    'does not mistake %s@',
    (local) => {
      expect(fateOf(`${local}@example.org`).name).toBe('anyone else');
    },
  );

  it('calls nothing sent when the inbox fails', async () => {
    const { hooks } = inbox();
    const broken = { ...hooks, store: () => Promise.reject(new Error('disk full')) };
    const results = await sandboxProvider(broken, quick).send(
      {},
      [testMessage(), testMessage('refused@example.net')],
      never(),
    );
    expect(results.map((result) => result.outcome)).toEqual(['in-doubt', 'refused']);
  });

  it('reports no events for a test send, which no delivery stands for', async () => {
    const { hooks, stored, events } = inbox();
    await sandboxProvider(hooks, quick).send(
      {},
      [testMessage('bounce@example.net', { deliveryId: null })],
      never(),
    );
    expect(stored).toHaveLength(1);
    expect(events).toEqual([]);
  });
});
