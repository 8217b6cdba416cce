import { type DeliveryState, deliveryStates, endStates } from '@/lib/db/states';

/** A row of the ledger. `doubts`: how often an attempt ended without anybody knowing whether it went out. */
export type Entry = { id: string; address: string | null; state: DeliveryState; doubts: number };
/** A message as it arrived; `at` in milliseconds. */
export type Arrival = { deliveryId: string | null; address: string; at: number };

export type Comparison = {
  states: Record<DeliveryState, number>;
  /** Whether the end states add up to what was planned. */
  addsUp: boolean;
  arrived: number;
  /** Deliveries that are `sent`, or in no end state, of which nothing arrived; and people without a delivery. */
  lost: string[];
  /** Deliveries or addresses that got another message than their first: one entry for each message too many. */
  doubled: string[];
  /** Those of `doubled` that nobody's doubt explains. */
  doubledWithoutDoubt: string[];
  /** Messages for a delivery that, says the ledger, got none; for another address than the ledger's; or for nobody. */
  unexpected: string[];
  unconfirmedButArrived: number;
};

const open: ReadonlySet<DeliveryState> = new Set(
  deliveryStates.filter((state) => !endStates.some((end) => end === state)),
);
/** Of these a message may, or must, have arrived. */
const mayArrive: ReadonlySet<DeliveryState> = new Set(['sent', 'unconfirmed', 'sending'] as const);

/** Holds what arrived against the ledger. `audience`: everybody who had to be planned. */
export function compare(
  planned: number | null,
  audience: string[],
  ledger: Entry[],
  arrivals: Arrival[],
): Comparison {
  const states: Record<DeliveryState, number> = {
    ...{ queued: 0, sending: 0, retrying: 0 },
    ...{ sent: 0, failed: 0, skipped: 0, unconfirmed: 0, cancelled: 0 },
  };
  for (const { state } of ledger) states[state]++;
  const reached = new Set(arrivals.map(({ deliveryId }) => deliveryId));
  const ended = endStates.reduce((sum, state) => sum + states[state], 0);
  return {
    states,
    addsUp: planned === ended && planned === audience.length && ledger.length === planned,
    arrived: arrivals.length,
    lost: [
      ...ledger
        .filter(({ id, state }) => (state === 'sent' || open.has(state)) && !reached.has(id))
        .map(({ id, state }) => `${id} (${state})`),
      ...withoutEntry(audience, ledger),
    ],
    ...findDoubles(ledger, arrivals),
    unexpected: findUnexpected(ledger, arrivals),
    unconfirmedButArrived: ledger.filter(({ id, state }) => state === 'unconfirmed' && reached.has(id))
      .length,
  };
}

function withoutEntry(audience: string[], ledger: Entry[]): string[] {
  const known = new Set(ledger.map(({ address }) => address));
  return audience.filter((address) => !known.has(address)).map((address) => `${address} (not in the ledger)`);
}

function findDoubles(ledger: Entry[], arrivals: Arrival[]) {
  const doubts = new Map(ledger.map((entry) => [entry.id, entry.doubts]));
  const deliveries = new Set<string>();
  const addresses = new Set<string>();
  const doubled: string[] = [];
  const doubledWithoutDoubt: string[] = [];
  for (const { deliveryId, address } of arrivals) {
    const id = deliveryId ?? 'nobody';
    if (deliveries.has(id) || addresses.has(address)) {
      doubled.push(`${id} to ${address}`);
      const left = doubts.get(id) ?? 0;
      if (left === 0) doubledWithoutDoubt.push(`${id} to ${address}`);
      else doubts.set(id, left - 1);
    }
    if (deliveryId !== null) deliveries.add(deliveryId);
    addresses.add(address);
  }
  return { doubled, doubledWithoutDoubt };
}

function findUnexpected(ledger: Entry[], arrivals: Arrival[]): string[] {
  const entries = new Map(ledger.map((entry) => [entry.id, entry]));
  return arrivals.flatMap(({ deliveryId, address }) => {
    const entry = entries.get(deliveryId ?? '');
    if (!entry) return [`${deliveryId ?? 'a message without a delivery'} to ${address} (not in the ledger)`];
    if (entry.address !== address) return [`${entry.id} to ${address} (planned for ${entry.address})`];
    return mayArrive.has(entry.state) ? [] : [`${entry.id} to ${address} (${entry.state})`];
  });
}

/** How many of the times (in milliseconds) lie in the fullest half-open window of so many seconds, wherever it begins. */
export function largestWindow(times: number[], seconds: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let largest = 0;
  for (const [last, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= seconds * 1000) first++;
    largest = Math.max(largest, last - first + 1);
  }
  return largest;
}
