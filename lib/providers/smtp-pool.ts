import type { DeliveryId } from '../ids';
import { log } from '../log';
import { type EmailMessage, expired, type SendResult } from './provider';
import type { SmtpConfig } from './smtp-config';
import { type Envelope, SmtpFailure, SmtpSession, type SmtpTimeouts, smtpTimeouts } from './smtp-connection';
import { classify } from './smtp-errors';

export type SmtpLimits = SmtpTimeouts & {
  /** Connections at once. More gain little with a fast server, and slow ones refuse them. */
  connections: number;
  /** Messages after which a connection is replaced: many servers end it themselves somewhere beyond 100. */
  messagesPerConnection: number;
  /** How long an unused connection is kept, in milliseconds. */
  idle: number;
  /** How long an interrupted batch still waits for the answer to a message that is already out, in milliseconds. */
  grace: number;
  /** How long no further connections are tried after the server has refused one but serves others, in milliseconds. */
  growAfter: number;
};
export const smtpLimits: SmtpLimits = {
  ...smtpTimeouts,
  connections: 4,
  messagesPerConnection: 1000,
  idle: 5_000,
  grace: 2_000,
  growAfter: 60_000,
};

export type Outgoing = { message: EmailMessage; envelope: Envelope; mime: () => Buffer };

type Job = {
  outgoing: Outgoing;
  settle: (result: SendResult) => void;
  state: 'waiting' | 'settled' | 'interrupted' | Lane;
  /** How often it met a kept connection that turned out to be dead. */
  moves: number;
};

const interrupted = {
  outcome: 'retry' as const,
  reason: 'connection' as const,
  detail: 'Interrupted before the message was out.',
};

/**
 * A few sessions to one server and a queue before them. Every message is given to a session once; only one that met a
 * kept connection which the server had already closed, so that nothing of it went out, goes on to a fresh one.
 */
export class SmtpPool {
  readonly #queue: Job[] = [];
  readonly #lanes = new Set<Lane>();
  readonly #idle: Lane[] = [];
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
        lane.interrupt();
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

/** One connection's life: open, carry messages, end. */
class Lane {
  readonly ended: Promise<void>;
  wake: () => void = () => undefined;
  readonly #opening = new AbortController();
  #session: SmtpSession | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(private readonly pool: SmtpPool) {
    this.ended = this.#run();
  }

  async #run(): Promise<void> {
    const { config, limits } = this.pool;
    try {
      this.#session = await SmtpSession.open(config, limits, this.#opening.signal);
    } catch (error) {
      this.pool.refused(this, resultOf(error, { host: config.host }));
      return;
    }
    await this.#carry(this.#session);
    this.#session.quit();
    this.pool.ended(this);
  }

  async #carry(session: SmtpSession): Promise<void> {
    while (session.usable && session.served < this.pool.limits.messagesPerConnection) {
      const job = await this.pool.next(this);
      if (!job) return;
      if (!session.usable) return this.pool.giveBack(job);
      const { until } = job.outgoing.message;
      if (until !== undefined && until < performance.now()) {
        job.settle(expired);
        continue;
      }
      job.state = this;
      await this.#deliver(session, job);
      clearTimeout(this.#grace);
    }
  }

  async #deliver(session: SmtpSession, job: Job): Promise<void> {
    const isKept = session.served > 0;
    try {
      await session.send(job.outgoing.envelope, job.outgoing.mime());
      job.settle({ outcome: 'sent', providerMessageId: messageId(job.outgoing.message) });
    } catch (error) {
      const { deliveryId } = job.outgoing.message;
      const result = resultOf(error, { host: this.pool.config.host, deliveryId });
      if (
        isKept &&
        job.state === this &&
        job.moves < this.pool.limits.connections &&
        diedUnused(error, result)
      ) {
        job.moves++;
        session.close();
        this.pool.giveBack(job);
      } else job.settle(result);
    }
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  stopOpening(): void {
    if (!this.#session) this.#opening.abort();
  }

  /** What is out already gets a moment for its answer, so that fewer people stay unconfirmed. */
  interrupt(): void {
    const session = this.#session;
    if (!session) return;
    const stop = () => session.close({ message: interrupted.detail });
    if (session.stage === 'sent') this.#grace = setTimeout(stop, this.pool.limits.grace);
    else stop();
  }
}

const messageId = (message: EmailMessage): string => {
  const header = message.headers.find(([name]) => name.toLowerCase() === 'message-id');
  return header?.[1].replace(/^<|>$/g, '') ?? '';
};

/** A message that could not even be written is refused by ourselves: that is never the network's fault. */
function resultOf(error: unknown, about: { host: string; deliveryId?: DeliveryId | null }): SendResult {
  if (error instanceof SmtpFailure) return classify(error.error, error.stage);
  log.error({ err: error, ...about }, 'a message could not be written');
  const detail = 'The message could not be written. Look at the server’s log: it says why.';
  return { outcome: 'refused', reason: 'render', detail };
}

/** The server had left the connection before it heard of the message: none of the body went out. */
const diedUnused = (error: unknown, result: SendResult): boolean =>
  error instanceof SmtpFailure &&
  error.stage === 'envelope' &&
  (error.error.responseCode === 421 || (result.outcome === 'retry' && result.reason === 'connection'));
