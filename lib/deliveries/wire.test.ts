import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Wire } from './wire';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it('lets a quick provider have more as soon as it has shown itself, and as little as before once it is slow', async () => {
  const wire = new Wire(4);
  expect(await wire.enter(400)).toBe(4);
  vi.advanceTimersByTime(20);
  wire.leave(4, 4);
  expect(await wire.enter(400)).toBe(4);
  vi.advanceTimersByTime(30);
  wire.leave(4, 4);
  // Eight in 50 ms are sixteen in a tenth of a second.
  expect(await wire.enter(400)).toBe(16);
  vi.advanceTimersByTime(200);
  wire.leave(16, 8);
  expect(await wire.enter(400)).toBe(16);
  vi.advanceTimersByTime(100);
  wire.leave(16, 1);
  expect(await wire.enter(400)).toBe(8);
  vi.advanceTimersByTime(250);
  wire.leave(8, 0);
  expect(await wire.enter(400)).toBe(4);
});
