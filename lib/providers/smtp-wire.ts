import type { Duplex } from 'node:stream';
import type { SmtpError } from './smtp-errors';

/** A reply that grows beyond this is no reply. */
const longestReply = 1024 * 1024;

export const closed: SmtpError = { message: 'The connection was closed.' };

/** What the server answered to one command. Code 0: nothing that makes sense, or nothing, because the connection was lost. */
export type Reply = { code: number; text: string; lost?: SmtpError };

/** What a server announces to do beyond RFC 5321's minimum, of what makes a difference here. */
export type Extensions = { pipelining: boolean; size: boolean; utf8: boolean };

/** Reads the server's reply to EHLO. The first line is its name and a greeting, whatever words stand there. */
export function readExtensions(ehlo: string): Extensions {
  const lines = ehlo.split(/\r?\n/).slice(1);
  const names = new Set(lines.map((line) => /^\d+[ -]\s*(\S*)/.exec(line)?.[1]?.toUpperCase()));
  return {
    pipelining: names.has('PIPELINING'),
    size: names.has('SIZE'),
    utf8: names.has('SMTPUTF8'),
  };
}

/** An open session's connection: commands go out, and replies come in the same order (RFC 5321 §4.2, RFC 2920 §3.1). */
export class SmtpWire {
  /** The server has shown that it must not be sent a whole envelope at once. */
  isMisled = false;
  readonly #waiting: ((reply: Reply) => void)[] = [];
  /** The lines of a reply that goes on, and the beginning of a line. */
  #begun = '';
  #line = '';
  #lost: SmtpError | undefined;

  constructor(
    private readonly socket: Duplex,
    readonly extensions: Extensions,
    private readonly close: (why: SmtpError) => void,
  ) {
    socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')));
  }

  /** The reply to the first command that waits for none yet. Ask before control is given away. */
  reply(): Promise<Reply> {
    const lost = this.#lost;
    if (lost) return Promise.resolve({ code: 0, text: '', lost });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hands bytes to the network, all at once; false when there is none any more, so that none of them went out. */
  write(...parts: (Buffer | string)[]): boolean {
    if (!this.#lost && !this.socket.writable) this.close(closed);
    if (this.#lost) return false;
    // Corked, they leave together without being copied together.
    this.socket.cork();
    for (const part of parts) this.socket.write(part);
    this.socket.uncork();
    return true;
  }

  /** Hands bytes to the network and waits until it has taken them all; forever, if the connection is lost. */
  flush(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#lost)
        this.socket.write(bytes, (error) => {
          if (!error) resolve();
        });
    });
  }

  /** Answers whoever waits that nothing will come. */
  lose(error: SmtpError): void {
    if (this.#lost) return;
    this.#lost = error;
    // a server that leaves in the middle of a refusal has still refused
    const rest = this.#begun + this.#line;
    if (/^[45]\d\d[ -]/.test(rest)) this.#waiting.shift()?.(replyOf(rest.trim()));
    for (const resolve of this.#waiting.splice(0)) resolve({ code: 0, text: '', lost: error });
  }

  #read(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0 && !this.#lost; end = text.indexOf('\n', from)) {
      const line = this.#line + text.slice(from, end);
      this.#line = '';
      from = end + 1;
      this.#take(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    if (this.#lost) return;
    this.#line += text.slice(from);
    if (this.#line.length + this.#begun.length > longestReply)
      this.close({ message: 'The server’s reply has no end.' });
  }

  #take(line: string): void {
    if (/^\d+-/.test(line)) this.#begun += `${line}\n`;
    else if (this.#begun !== '' || line.trim() !== '') {
      const text = this.#begun + line;
      this.#begun = '';
      this.#answer(replyOf(text));
    }
  }

  #answer(reply: Reply): void {
    const resolve = this.#waiting.shift();
    if (!resolve) {
      this.close({ message: `The server said what nobody had asked: ${reply.text}` });
      return;
    }
    resolve(reply);
    // 421 ends a session at any time (RFC 5321 §3.8); after nonsense nobody knows which reply belongs to what
    if (reply.code === 421 || reply.code === 0) this.close(closed);
  }
}

/** Texts have no charset by any rule (RFC 5321 §4.2.1); they are UTF-8 where they can be. */
function replyOf(latin1: string): Reply {
  const code = /^[2-5]\d\d/.test(latin1) ? Number(latin1.slice(0, 3)) : 0;
  if (code < 400) return { code, text: latin1 };
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8');
  return { code, text: utf8.includes('\uFFFD') ? latin1 : utf8 };
}
