import { openSender } from '../senders/open-sender';
import { Outages } from './outage';

/** What sending needs of the world. One per process. */
export type Engine = { open: typeof openSender; now: () => number; outages: Outages };

export function createEngine(parts: Partial<Pick<Engine, 'open' | 'now'>> = {}): Engine {
  const now = parts.now ?? Date.now;
  return { open: parts.open ?? openSender, now, outages: new Outages(now) };
}
