import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Provider, SendResult } from './provider';
import { testMessage } from './testing-message';

/** An adapter with something to speak to, for one test. */
export type Subject<Config> = {
  provider: Provider<Config>;
  config: Config;
  /** Whom the other end took a message for, in any order. */
  received(): string[];
  close(): Promise<void>;
};

const reasons = /^[a-z_]+$/;
const never = () => new AbortController().signal;

/**
 * What every adapter promises, whatever its protocol (./provider.ts). `refused` is an address that the other end
 * refuses; `held` one whose message it keeps without an answer for at least a second.
 */
export function conforms<Config>(
  name: string,
  open: () => Promise<Subject<Config>>,
  address: { refused: string; held: string },
): void {
  describe(`${name} as a provider`, () => {
    let subject: Subject<Config>;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(async () => {
      await subject.provider.close();
      await subject.close();
    });
    const send = (addresses: string[], signal = never()): Promise<SendResult[]> =>
      subject.provider.send(
        subject.config,
        addresses.map((to) => testMessage(to)),
        signal,
      );

    it('answers one result a message, in their order, and sends each once', async () => {
      const addresses = Array.from({ length: subject.provider.maxBatch }, (_, i) =>
        i % 7 === 3 ? address.refused : `person-x${i}y@example.net`,
      );
      const results = await send(addresses);
      expect(results.map((result) => result.outcome)).toEqual(
        addresses.map((to) => (to === address.refused ? 'refused' : 'sent')),
      );
      expect(subject.received().sort()).toEqual(addresses.filter((to) => to !== address.refused).sort());
    });

    it('tells why, in one line of at most 500 characters', async () => {
      const [result] = await send([address.refused]);
      expect(result).toMatchObject({ outcome: 'refused', reason: 'address_refused' });
      if (result?.outcome === 'sent') throw new Error('expected a refusal');
      expect(result?.reason).toMatch(reasons);
      expect(result?.detail).toMatch(/^[^\r\n]{1,500}$/);
    });

    it('names what it sent, each differently', async () => {
      const results = await send(['a-one@example.net', 'a-two@example.net']);
      const ids = results.map((result) => (result.outcome === 'sent' ? result.providerMessageId : ''));
      expect(ids.every((id) => id.length > 0)).toBe(true);
      expect(new Set(ids).size).toBe(2);
    });

    it('sends nothing when it is stopped beforehand, and says that trying again is safe', async () => {
      const results = await send(['a-one@example.net', 'a-two@example.net'], AbortSignal.abort());
      expect(results.map((result) => result.outcome)).toEqual(['retry', 'retry']);
      expect(subject.received()).toEqual([]);
    });

    it('ends soon when it is stopped in the middle, and calls nothing sent that may not be', async () => {
      const stop = new AbortController();
      const going = send(['a-one@example.net', address.held], stop.signal);
      setImmediate(() => stop.abort());
      const results = await going;
      expect(results).toHaveLength(2);
      expect(results[1]?.outcome).toMatch(/^(retry|in-doubt)$/);
      if (results[1]?.outcome === 'retry') expect(subject.received()).not.toContain(address.held);
    });

    it('sends again after it was closed', async () => {
      expect((await send(['a-one@example.net']))[0]?.outcome).toBe('sent');
      await subject.provider.close();
      expect((await send(['a-two@example.net']))[0]?.outcome).toBe('sent');
    });

    it('takes an empty batch', async () => {
      expect(await send([])).toEqual([]);
    });

    it('checks its settings without sending', async () => {
      expect(await subject.provider.check(subject.config, never())).toMatchObject({ ok: true });
      expect(subject.received()).toEqual([]);
    });
  });
}
