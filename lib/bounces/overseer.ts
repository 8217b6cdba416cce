import { MailboxFault, mailboxTimeouts } from './mailbox';

/** Of one answer, with what servers add to it unasked. */
const mostOfStep = 4_000_000;
const everyMs = 100;

/**
 * Watches a session whose client believes its server: ends it when one answer has no end, or comes so slowly that others wait
 * for it in vain.
 */
export class Overseer {
  /** Why it was ended. */
  fault: MailboxFault | undefined;
  #since = performance.now();
  #received = 0;
  #isOurs = false;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly received: () => number,
    private readonly leave: () => void,
  ) {
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
  }

  /** Something came of it. */
  step(): void {
    this.#since = performance.now();
    this.#received = this.received();
  }

  /** What we do with an answer is nothing that a server could do faster. */
  async ours<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#isOurs = true;
    try {
      return await work();
    } finally {
      this.#isOurs = false;
      this.step();
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.received() - this.#received > mostOfStep) this.#stop(new MailboxFault('endless'));
    else if (!this.#isOurs && performance.now() - this.#since > mailboxTimeouts.answer)
      this.#stop(new MailboxFault('slow'));
  }

  #stop(fault: MailboxFault): void {
    this.fault ??= fault;
    this.end();
    this.leave();
  }
}
