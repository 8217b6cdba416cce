import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../db/states';
import type { MessageOf, Provider, SendResult } from './provider';

/** An adapter with something to speak to, for one test. */
export type Subject<Config, On extends Channel> = {
  provider: Provider<Config, On>;
  config: Config;
  /** Whom the other end took a message for, in any order. */
  received(): string[];
  close(): Promise<void>;
};

/** Messages of the channel, and how the other end treats addresses, each of another kind. */
export type People<On extends Channel> = {
  message: (to: string, changes?: { until?: number }) => MessageOf[On];
  /** Somebody whose message it takes; another one for each number. */
  person: (n: number) => string;
  /** It refuses them. */
  refused: string;
  /** It keeps their message without an answer for at least a second. */
  held: string;
  /** It takes their message, and its answer is lost. */
  lost: string;
  /** It asks for a break before it would take their message. Not all have a word for that. */
  throttled?: string;
};

const reasons = /^[a-z_]+$/;
const never = () => new AbortController().signal;
const outcomesOf = (results: SendResult[]) => results.map(({ outcome }) => outcome);

/** What every adapter promises, whatever its protocol (./provider.ts). */
export function conforms<Config, On extends Channel>(
  name: string,
  open: () => Promise<Subject<Config, On>>,
  people: People<On>,
): void {
  const { person } = people;
  describe(`${name} as a provider`, () => {
    let subject: Subject<Config, On>;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(async () => {
      await subject.provider.close();
      await subject.close();
    });
    /** In as many batches as it takes, at the same time. */
    const send = async (addresses: string[], signal = never(), changes = {}): Promise<SendResult[]> => {
      const { provider, config } = subject;
      const messages = addresses.map((to) => people.message(to, changes));
      const batches = Array.from({ length: Math.ceil(messages.length / provider.maxBatch) }, (_, n) =>
        messages.slice(n * provider.maxBatch, (n + 1) * provider.maxBatch),
      );
      const results = await Promise.all(batches.map((batch) => provider.send(config, batch, signal)));
      return results.flat();
    };

    it('answers one result a message, in their order, and sends each once', async () => {
      const addresses = Array.from({ length: Math.max(10, subject.provider.maxBatch) }, (_, i) =>
        i % 7 === 3 ? people.refused : person(i),
      );
      const results = await send(addresses);
      expect(outcomesOf(results)).toEqual(
        addresses.map((to) => (to === people.refused ? 'refused' : 'sent')),
      );
      expect(subject.received().sort()).toEqual(addresses.filter((to) => to !== people.refused).sort());
    });

    it('tells why, in one line of at most 500 characters', async () => {
      const [result] = await send([people.refused]);
      expect(result).toMatchObject({ outcome: 'refused', reason: 'address_refused' });
      if (result?.outcome === 'sent') throw new Error('expected a refusal');
      expect(result?.reason).toMatch(reasons);
      expect(result?.detail).toMatch(/^[^\r\n]{1,500}$/);
    });

    it('names what it sent, each differently', async () => {
      const results = await send([person(1), person(2)]);
      const ids = results.map((result) => (result.outcome === 'sent' ? result.providerMessageId : ''));
      expect(ids.every((id) => id.length > 0)).toBe(true);
      expect(new Set(ids).size).toBe(2);
    });

    it('sends nothing when it is stopped beforehand, and says that trying again is safe', async () => {
      const results = await send([person(1), person(2)], AbortSignal.abort());
      expect(outcomesOf(results)).toEqual(['retry', 'retry']);
      expect(subject.received()).toEqual([]);
    });

    it('sends nothing whose moment has passed', async () => {
      const results = await send([person(1)], never(), { until: performance.now() - 1 });
      expect(outcomesOf(results)).toEqual(['expired']);
      expect(subject.received()).toEqual([]);
    });

    it('ends soon when it is stopped in the middle, and calls nothing sent that may not be', async () => {
      const stop = new AbortController();
      const going = send([person(1), people.held], stop.signal);
      setImmediate(() => stop.abort());
      const results = await going;
      expect(results).toHaveLength(2);
      expect(results[1]?.outcome).toMatch(/^(retry|in-doubt)$/);
      if (results[1]?.outcome === 'retry') expect(subject.received()).not.toContain(people.held);
    });

    it('never says of a message that was taken that trying again is safe, when the answer is lost', async () => {
      const [result] = await send([people.lost]);
      expect(subject.received()).toEqual([people.lost]);
      expect(result?.outcome).toMatch(/^(in-doubt|sent)$/);
    });

    const { throttled } = people;
    if (throttled !== undefined)
      it('hears that the other end wants a break, and for how long', async () => {
        const [result] = await send([throttled]);
        expect(result).toMatchObject({ outcome: 'throttled', reason: 'throttled', retryAfterMs: 2000 });
        expect(subject.received()).toEqual([]);
      });

    it('sends a request again under its key, if it has keys, and nothing twice', async () => {
      const { provider, config } = subject;
      const { replays } = provider;
      if (!replays) return;
      const body = replays.freeze([people.message(person(1)), people.message(people.lost)]);
      const request = { key: 'key-1', body, count: 2 };
      expect(outcomesOf(await replays.send(config, request, never()))).toEqual(['in-doubt', 'in-doubt']);
      const both = await Promise.all([0, 1].map(() => replays.send(config, request, never())));
      expect(both.map(outcomesOf)).toEqual([
        ['sent', 'sent'],
        ['sent', 'sent'],
      ]);
      expect(both[0]).toEqual(both[1]);
      expect(subject.received()).toEqual([person(1), people.lost]);
    });

    it('sends again after it was closed', async () => {
      expect((await send([person(1)]))[0]?.outcome).toBe('sent');
      await subject.provider.close();
      expect((await send([person(2)]))[0]?.outcome).toBe('sent');
    });

    it('takes an empty batch', async () => {
      expect(await subject.provider.send(subject.config, [], never())).toEqual([]);
    });

    it('checks its settings without sending', async () => {
      expect(await subject.provider.check(subject.config, never())).toMatchObject({ ok: true });
      expect(subject.received()).toEqual([]);
    });
  });
}
