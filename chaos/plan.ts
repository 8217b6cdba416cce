import { seeded } from './random';

/** Where a connection is dropped: at the envelope, in the body, or when the message is kept and the answer is due. */
export const dropPoints = ['envelope', 'body', 'answer'] as const;

export type Fault =
  /** SIGKILL. `unanswered`: while the receiving server has messages and keeps its answers back. */
  | { kind: 'kill'; slot: number; unanswered: boolean }
  /** SIGSTOP, and SIGCONT after longer than a claim holds. */
  | { kind: 'sleep'; slot: number; seconds: number }
  | { kind: 'drop'; at: (typeof dropPoints)[number]; connections: number }
  /** Ends all database connections of the workers, or every other one. */
  | { kind: 'disconnect'; all: boolean }
  /** PostgreSQL ends at once, without a checkpoint, and starts again. */
  | { kind: 'database' };

/** A fault strikes `delayMs` after the `after`th message has arrived. */
export type PlannedFault = Fault & { after: number; delayMs: number };

export type PlanOptions = { seed: number; recipients: number; kills: number; workers: number };

/** Strikes while the campaign flows: its very beginning and its end are left out, where there may be nothing to hit. */
const from = 0.02;
const to = 0.85;
const longestDelayMs = 200;

/** What strikes and when: the same for the same options. */
export function planFaults({ seed, recipients, kills, workers }: PlanOptions): PlannedFault[] {
  const random = seeded(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const slot = () => whole(workers);
  const many = (count: number, make: () => Fault) => Array.from({ length: Math.ceil(count) }, make);
  const faults: Fault[] = [
    ...many(kills, () => ({ kind: 'kill', slot: slot(), unanswered: random() < 0.5 })),
    ...many(kills / 10, () => ({ kind: 'sleep', slot: slot(), seconds: 17 + whole(9) })),
    ...dropPoints.flatMap((at) => many(kills / 5, () => ({ kind: 'drop', at, connections: 1 + whole(4) }))),
    ...many(kills / 5, () => ({ kind: 'disconnect', all: random() < 0.5 })),
    ...many(kills / 10, () => ({ kind: 'database' })),
  ];
  return faults
    .map((fault) => ({
      ...fault,
      after: Math.floor((from + random() * (to - from)) * recipients),
      delayMs: whole(longestDelayMs),
    }))
    .sort((a, b) => a.after - b.after);
}
