import { describe, expect, it } from 'vitest';
import type { SendResult } from '../providers/provider';
import { settle } from './outcome';

const now = Date.UTC(2026, 10, 22, 12);
const temporary: SendResult = { outcome: 'retry', reason: 'temporary', detail: '451 try later' };
const unreachable: SendResult = { outcome: 'retry', reason: 'connection', detail: 'refused' };

describe('what becomes of an attempt', () => {
  it('waits 2, 4 and 8 seconds exactly, then fails', () => {
    const waits = [1, 2, 3].map((attempt) => settle(temporary, attempt, now));
    expect(waits.map(({ state }) => state)).toEqual(['retrying', 'retrying', 'retrying']);
    expect(waits.map(({ retryAt }) => (retryAt?.getTime() ?? 0) - now)).toEqual([2000, 4000, 8000]);
    expect(settle(temporary, 4, now)).toMatchObject({ state: 'failed', reason: 'temporary', retryAt: null });
  });

  it('does not count what is an outage, however often it was tried', () => {
    expect(settle(unreachable, 4, now, { outage: true })).toMatchObject({
      state: 'queued',
      counts: false,
      keep: true,
    });
    expect(settle(unreachable, 4, now)).toMatchObject({ state: 'failed' });
  });

  it('waits as long as a provider asks, and gives the attempt back', () => {
    const slow: SendResult = {
      outcome: 'throttled',
      reason: 'throttled',
      detail: '429',
      retryAfterMs: 90_000,
    };
    const settled = settle(slow, 4, now);
    expect(settled).toMatchObject({ state: 'retrying', counts: false });
    expect(settled.retryAt?.getTime()).toBe(now + 90_000);
  });

  it('never sends again what is in doubt, and pauses for what is our own fault', () => {
    expect(settle({ outcome: 'in-doubt', reason: 'in_doubt', detail: 'gone' }, 1, now).state).toBe(
      'unconfirmed',
    );
    expect(
      settle({ outcome: 'misconfigured', reason: 'authentication', detail: '535' }, 4, now),
    ).toMatchObject({
      state: 'queued',
      counts: false,
    });
    // Where others go out by the same settings, it is about this message.
    const works = { works: true };
    const relaying = {
      outcome: 'misconfigured',
      reason: 'authentication',
      detail: '550 5.7.1',
      ofRecipient: true,
    } as const;
    expect(settle(relaying, 1, now, works)).toMatchObject({ state: 'retrying', counts: true });
    expect(settle(relaying, 4, now, works)).toMatchObject({ state: 'failed', reason: 'authentication' });
    expect(settle({ outcome: 'refused', reason: 'content_refused', detail: '550' }, 1, now).state).toBe(
      'failed',
    );
  });

  it('takes any words of a server', () => {
    const detail = `a\0b\r\nc${'\ud83d'}${'x'.repeat(600)}`;
    const settled = settle({ outcome: 'refused', reason: 'content_refused', detail }, 1, now);
    expect(settled.detail).toHaveLength(500);
    expect(settled.detail.startsWith('a b c�')).toBe(true);
  });
});
