import type { Engine } from '@/lib/deliveries/engine';

/** What a handler is given besides its job. */
export type JobContext = {
  /** Begin nothing new: the process drains, or the job belongs to somebody else by now. */
  stop: AbortSignal;
  /** Leave also what is under way. */
  abort: AbortSignal;
  engine: Engine;
};

/**
 * Calls one verb of lib. `false`, `stopped`: it was stopped before the end, and the job goes back to the queue; `again`: it
 * does so for later, `behind` so many that had stood behind it.
 */
export type Handler<Payload> = (
  payload: Payload,
  context: JobContext,
) => Promise<boolean | 'done' | 'stopped' | { again: Date; behind?: number }>;
