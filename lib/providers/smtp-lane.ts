import type { DeliveryId } from '../ids';
import { log } from '../log';
import { type EmailMessage, expired, interrupted, type SendResult } from './provider';
import type { SmtpConfig } from './smtp-config';
import { SmtpSession, type SmtpTimeouts, smtpTimeouts } from './smtp-connection';
import { classify, SmtpFailure } from './smtp-errors';
import type { Envelope, SmtpTransaction } from './smtp-transaction';

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

export type Job = {
  outgoing: Outgoing;
  settle: (result: SendResult) => void;
  state: 'waiting' | 'settled' | 'interrupted' | Lane;
  /** How often it met a kept connection that turned out to be dead. */
  moves: number;
};

/** Whose connection it is: gives it messages, and hears of its end. */
interface Owner {
  readonly config: SmtpConfig;
  readonly limits: SmtpLimits;
  pipelining: boolean;
  next(lane: Lane): Promise<Job | undefined>;
  takeEarly(): Job | undefined;
  giveBack(job: Job): void;
  refused(lane: Lane, result: SendResult): void;
  ended(lane: Lane): void;
}

/** A message that a session has taken on. */
type Begun = { job: Job; transaction: SmtpTransaction; isKept: boolean };

/** One connection's life: open, carry messages, end. */
export class Lane {
  readonly ended: Promise<void>;
  wake: () => void = () => undefined;
  readonly #opening = new AbortController();
  #session: SmtpSession | undefined;
  #current: Begun | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(private readonly pool: Owner) {
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
    if (!this.pool.pipelining) this.#session.goStepByStep();
    await this.#carry(this.#session);
    if (this.#session.isMisled) this.pool.pipelining = false;
    this.#session.quit();
    this.pool.ended(this);
  }

  async #carry(session: SmtpSession): Promise<void> {
    this.#current = await this.#begin(session);
    while (this.#current) {
      const ahead = await this.#deliver(session, this.#current);
      clearTimeout(this.#grace);
      this.#current = ahead ?? (await this.#begin(session));
    }
  }

  #mayBegin(session: SmtpSession): boolean {
    return session.usable && session.served < this.pool.limits.messagesPerConnection;
  }

  /** The next message, when there is one. */
  async #begin(session: SmtpSession): Promise<Begun | undefined> {
    while (this.#mayBegin(session)) {
      const job = await this.pool.next(this);
      if (!job) return undefined;
      if (!session.usable) {
        this.pool.giveBack(job);
        return undefined;
      }
      const { until } = job.outgoing.message;
      if (until !== undefined && until < performance.now()) job.settle(expired);
      else {
        const begun = this.#take(session, job);
        if (begun) return begun;
      }
    }
    return undefined;
  }

  /** The message after the current one, if its envelope may travel with the current one's body. */
  #beginEarly(session: SmtpSession): Begun | undefined {
    while (session.pipelining && this.#mayBegin(session)) {
      const job = this.pool.takeEarly();
      const begun = job && this.#take(session, job);
      if (begun || !job) return begun;
    }
    return undefined;
  }

  #take(session: SmtpSession, job: Job): Begun | undefined {
    const isKept = session.served > 0;
    try {
      const transaction = session.begin(job.outgoing.envelope, job.outgoing.mime());
      job.state = this;
      return { job, transaction, isKept };
    } catch (error) {
      job.settle(this.#resultOf(error, job));
      return undefined;
    }
  }

  #resultOf(error: unknown, job: Job): SendResult {
    const { deliveryId } = job.outgoing.message;
    return resultOf(error, { host: this.pool.config.host, deliveryId });
  }

  /** Sees a message through to its result; answers the next one, if that was begun along with it. */
  async #deliver(session: SmtpSession, { job, transaction, isKept }: Begun): Promise<Begun | undefined> {
    // interrupted while it waited for its turn: the server expects its body, and must not get it
    if (job.state !== this) {
      session.close();
      return undefined;
    }
    let ahead: Begun | undefined;
    try {
      await transaction.open();
      ahead = this.#beginEarly(session);
      await transaction.send(ahead?.transaction);
      job.settle({ outcome: 'sent', providerMessageId: messageId(job.outgoing.message) });
    } catch (error) {
      const result = this.#resultOf(error, job);
      if (!(error instanceof SmtpFailure)) session.close();
      const mayMove = isKept && job.state === this && job.moves < this.pool.limits.connections;
      if (mayMove && diedUnused(error, result)) {
        job.moves++;
        session.close();
        this.pool.giveBack(job);
      } else job.settle(result);
    }
    return ahead;
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
  interrupt(job: Job): void {
    const session = this.#session;
    if (!session) return;
    if (this.#current?.job !== job) {
      job.settle(interrupted);
      return;
    }
    const stop = () => session.close({ message: interrupted.detail });
    if (this.#current.transaction.stage === 'sent') this.#grace = setTimeout(stop, this.pool.limits.grace);
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
