import { interrupted, type SendResult } from './provider';
import type { SmtpConfig } from './smtp-config';
import { type Job, Lane, type Outgoing, type SmtpLimits } from './smtp-lane';

/**
 * A few sessions to one server and a queue before them. Every message is given to a session once; only one that met a
 * kept connection which the server had already closed, so that nothing of it went out, goes on to a fresh one.
 */
export class SmtpPool {
  readonly #queue: Job[] = [];
  readonly #lanes = new Set<Lane>();
  readonly #idle: Lane[] = [];
  /** False once the server has shown that it cannot do what it announces. */
  pipelining = true;
  #growAt = 0;
  #closing = false;

  constructor(
    readonly config: SmtpConfig,
    readonly limits: SmtpLimits,
  ) {}

  async send(batch: Outgoing[], signal: AbortSignal): Promise<SendResult[]> {
    if (signal.aborted) return batch.map(() => interrupted);
    const jobs: Job[] = [];
    const results = batch.map(
      (outgoing) =>
        new Promise<SendResult>((resolve) => {
          const settle = (result: SendResult) => {
            job.state = 'settled';
            resolve(result);
          };
          const job: Job = { outgoing, settle, state: 'waiting', moves: 0 };
          jobs.push(job);
        }),
    );
    const onAbort = () => this.#interrupt(jobs);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#queue.push(...jobs);
    this.#wake(jobs.length);
    try {
      return await Promise.all(results);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends idle connections; the others end with their last message. Sending again later opens new ones. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const lane of this.#idle.splice(0)) lane.wake();
    while (this.#lanes.size > 0) {
      if (this.#queue.length === 0) this.#stopOpening();
      await Promise.all([...this.#lanes].map((lane) => lane.ended));
    }
    this.#closing = false;
  }

  #wake(jobs: number): void {
    let wanted = jobs;
    while (wanted > 0) {
      const lane = this.#idle.pop();
      if (!lane) break;
      lane.wake();
      wanted--;
    }
    while (wanted > 0 && this.#mayGrow()) {
      this.#lanes.add(new Lane(this));
      wanted--;
    }
  }

  #mayGrow(): boolean {
    if (this.#lanes.size === 0) return true;
    return this.#lanes.size < this.limits.connections && Date.now() >= this.#growAt;
  }

  #interrupt(jobs: Job[]): void {
    for (const job of jobs) {
      if (job.state instanceof Lane) {
        const lane = job.state;
        job.state = 'interrupted';
        lane.interrupt(job);
      } else if (job.state === 'waiting') {
        this.#queue.splice(this.#queue.indexOf(job), 1);
        job.settle(interrupted);
      }
    }
    if (this.#queue.length === 0) this.#stopOpening();
  }

  #stopOpening(): void {
    for (const lane of this.#lanes) lane.stopOpening();
  }

  /** The next message; undefined when the lane has been idle for long enough, or shall end. */
  async next(lane: Lane): Promise<Job | undefined> {
    const job = this.#queue.shift();
    if (job || this.#closing) return job;
    this.#idle.push(lane);
    await lane.sleep(this.limits.idle);
    const at = this.#idle.indexOf(lane);
    if (at >= 0) this.#idle.splice(at, 1);
    return this.#queue.shift();
  }

  /** A message that can be begun before its turn; one with a moment of its own waits for that. */
  takeEarly(): Job | undefined {
    return this.#queue[0]?.outgoing.message.until === undefined ? this.#queue.shift() : undefined;
  }

  /** Puts a message of which nothing went out back to the head of the queue. */
  giveBack(job: Job): void {
    job.state = 'waiting';
    this.#queue.unshift(job);
  }

  /** A lane could not open its session. While others work or try, the queue is theirs; the last one's failure is everybody's. */
  refused(lane: Lane, result: SendResult): void {
    this.#lanes.delete(lane);
    this.#growAt = Date.now() + this.limits.growAfter;
    if (this.#lanes.size > 0) return;
    for (const job of this.#queue.splice(0)) job.settle(result);
  }

  ended(lane: Lane): void {
    this.#lanes.delete(lane);
    this.#wake(this.#queue.length);
  }
}
