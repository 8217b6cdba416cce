import { SmtpFailure, type Stage } from './smtp-errors';
import type { Reply, SmtpWire } from './smtp-wire';

export type Envelope = { from: string; to: string };

/** A body up to this size fits the network’s buffers, so that handing it over with its dot leaves no more in doubt than before. */
const atOnce = 32 * 1024;

const end = '.\r\n';
const names = ['MAIL FROM', 'RCPT TO', 'DATA'] as const;

/**
 * One message on its way through a session (RFC 5321 §3.3), envelope first, then body. With a server that allows it
 * (RFC 2920), the envelope is one write, and it can travel with the body of the message before. What fails rejects with an
 * SmtpFailure; afterwards the session is ready for the next message, or closed.
 */
export class SmtpTransaction {
  #stage: Stage = 'envelope';
  readonly #lines: readonly [string, string, string];
  #replies: Promise<Reply>[] | undefined;

  constructor(
    private readonly wire: SmtpWire,
    private readonly close: () => void,
    { from, to }: Envelope,
    private readonly body: Buffer,
  ) {
    if (/[\s\p{Cc}<>]/u.test(from + to)) throw new Error('an address must not end its command');
    const { size, utf8 } = wire.extensions;
    const international = utf8 && /[^\x20-\x7e]/.test(from + to) ? ' SMTPUTF8' : '';
    this.#lines = [
      `MAIL FROM:<${from}>${international}${size ? ` SIZE=${body.length}` : ''}\r\n`,
      `RCPT TO:<${to}>\r\n`,
      'DATA\r\n',
    ];
  }

  /** How far the message has come. */
  get stage(): Stage {
    return this.#stage;
  }

  /** Names sender and recipient; done when the server wants to have the body. */
  async open(): Promise<void> {
    const failure = this.wire.extensions.pipelining ? await this.#openAtOnce() : await this.#openByStep();
    if (!failure) return;
    const isRefusal = (failure.error.responseCode ?? 0) >= 400;
    if (isRefusal && this.wire.write('RSET\r\n')) await this.#reset();
    else this.close();
    throw failure;
  }

  /** Sends the body, and the envelope of `next` along with it; done when the server has taken responsibility. */
  async send(next?: SmtpTransaction): Promise<void> {
    const reply = this.wire.reply();
    const body = dotted(this.body);
    let rest = [body];
    if (body.length > atOnce) {
      this.#stage = 'body';
      const early = await Promise.race([this.wire.flush(body), reply]);
      if (early) throw this.#giveUp(early);
      rest = [];
    }
    const tail = Buffer.from(end + (next ? next.#group() : ''));
    if (this.wire.write(...rest, tail)) this.#stage = 'sent';
    const answer = await reply;
    if (isOk(answer)) return;
    throw answer.code < 400 ? this.#giveUp(answer) : this.#failure(answer, 'DATA');
  }

  /** The commands of the envelope as one; DATA must be the last of them (RFC 2920 §3.1). */
  #group(): string {
    this.#replies = this.#lines.map(() => this.wire.reply());
    return this.#lines.join('');
  }

  async #openAtOnce(): Promise<SmtpFailure | undefined> {
    if (!this.#replies) this.wire.write(this.#group());
    const [mail, rcpt, data] = await Promise.all(this.#replies ?? []);
    if (!mail || !rcpt || !data) throw new Error('there is a reply to every command');
    const refused = [mail, rcpt].findIndex((reply) => !isOk(reply));
    if (refused < 0 && isGoAhead(data)) return undefined;
    // It waits for a body that has nobody to go to, or says what it should not: ending it there is the one safe way.
    if (isOk(data) || isGoAhead(data)) {
      this.wire.isMisled = true;
      this.close();
    }
    if (refused < 0) return this.#failure(data, 'DATA');
    return this.#failure(refused === 0 ? mail : rcpt, names[refused]);
  }

  async #openByStep(): Promise<SmtpFailure | undefined> {
    for (const [at, line] of this.#lines.entries()) {
      this.wire.write(line);
      const reply = await this.wire.reply();
      // some servers say 250 instead of 354
      if (!isOk(reply) && !(names[at] === 'DATA' && isGoAhead(reply))) return this.#failure(reply, names[at]);
    }
    return undefined;
  }

  /** A refused envelope leaves half a transaction at the server (RFC 5321 §4.1.1.5). */
  async #reset(): Promise<void> {
    if (!isOk(await this.wire.reply())) this.close();
  }

  /** A cut body, or an answer that makes no sense, leaves no way on. */
  #giveUp(reply: Reply): SmtpFailure {
    this.close();
    return this.#failure(reply, 'DATA');
  }

  #failure({ code, text, lost }: Reply, command?: string): SmtpFailure {
    const error = lost ?? { message: 'The server said no.', response: text, responseCode: code, command };
    return new SmtpFailure(error, this.#stage);
  }
}

const isOk = ({ code }: Reply): boolean => code >= 200 && code < 300;
const isGoAhead = ({ code }: Reply): boolean => code >= 300 && code < 400;

const lineWithDot = Buffer.from('\r\n.');

/** The body with a second dot wherever a line begins with one (RFC 5321 §4.5.2), so that only ours ends it. */
function dotted(body: Buffer): Buffer {
  if (body[0] !== 0x2e && !body.includes(lineWithDot)) return body;
  return Buffer.from(body.toString('latin1').replace(/(^|\r\n)\./g, '$1..'), 'latin1');
}
