import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { MailboxFault, mailboxTimeouts } from './mailbox';
import { type MailboxConfig, startsWithTls, tlsOptions } from './mailbox-config';

/** An answer that begins with -ERR. */
export class Pop3Refusal extends Error {}

const mostLine = 4096;
/** What a server sends while nobody asks is not piled up. */
const mostUnread = 1_000_000;
/** More than the largest message that is looked into, and than the listing of a million. */
const mostOfAnswer = 30_000_000;

/** The lines of a POP3 session (RFC 1939): one command, one answer. */
export class Pop3Wire {
  secure: boolean;
  #socket: Socket | TLSSocket;
  #input: Buffer = Buffer.alloc(0);
  #failed: Error | undefined;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket | TLSSocket, secure: boolean) {
    this.#socket = socket;
    this.secure = secure;
    this.#listen();
  }

  /** Connects, and waits for the greeting. */
  static async open(config: MailboxConfig, signal: AbortSignal): Promise<Pop3Wire> {
    const { host, port } = config;
    const secure = startsWithTls(config);
    const socket = secure
      ? connectTls({ ...nameOf(host), ...tlsOptions(config), host, port })
      : connect({ host, port });
    const patience = AbortSignal.any([signal, AbortSignal.timeout(mailboxTimeouts.connect)]);
    try {
      await once(socket, secure ? 'secureConnect' : 'connect', { signal: patience });
    } catch (error) {
      socket.on('error', () => undefined);
      socket.destroy();
      throw patience.aborted && !signal.aborted ? timedOut('CONNECT_TIMEOUT') : error;
    }
    const wire = new Pop3Wire(socket, secure);
    signal.addEventListener('abort', () => wire.close(), { once: true });
    try {
      socket.setTimeout(mailboxTimeouts.greeting);
      const greeting = await wire.#inTime(() => wire.line());
      if (!/^\+OK\b/.test(greeting)) throw new MailboxFault('greeting', greeting);
      socket.setTimeout(mailboxTimeouts.socket);
      return wire;
    } catch (error) {
      wire.close();
      throw error;
    }
  }

  /** Goes on encrypted, after the server has said that it will. */
  async encrypt(config: MailboxConfig): Promise<void> {
    // Nobody may have put words into the line before it was encrypted.
    if (this.#input.length > 0) throw new MailboxFault('protocol');
    const plain = this.#socket;
    plain.removeAllListeners();
    const socket = connectTls({ ...nameOf(config.host), ...tlsOptions(config), socket: plain });
    plain.on('error', () => undefined);
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(mailboxTimeouts.connect) });
    this.#socket = socket;
    this.secure = true;
    socket.setTimeout(mailboxTimeouts.socket);
    this.#listen();
  }

  /** The answer to a command, without its +OK. */
  async ask(command: string): Promise<string> {
    this.#socket.write(`${command}\r\n`);
    const line = await this.#inTime(() => this.line());
    if (/^\+OK\b/.test(line)) return line.slice(3).trim();
    if (/^-ERR\b/.test(line)) throw new Pop3Refusal(line.slice(4).trim().slice(0, 300));
    throw new MailboxFault('protocol', line.slice(0, 100));
  }

  /** What follows an answer up to the line with a dot; of more than `most` bytes the rest is thrown away. */
  body = (most: number): Promise<Buffer> => this.#inTime(() => this.#body(most));

  /** Its server may say something now and then for ever, and never all of it. */
  async #inTime<Value>(work: () => Promise<Value>): Promise<Value> {
    const late = setTimeout(() => this.#end(new MailboxFault('slow')), mailboxTimeouts.answer);
    try {
      return await work();
    } finally {
      clearTimeout(late);
    }
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#input.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#input.toString('latin1', 0, end);
        this.#input = this.#input.subarray(end + 2);
        return line;
      }
      if (this.#input.length > mostLine) throw new MailboxFault('protocol');
      await this.#more();
    }
  }

  async #body(most: number): Promise<Buffer> {
    const kept: Buffer[] = [];
    let size = 0;
    // The end of the answer's line belongs to it: there may be nothing but the dot.
    let rest: Buffer = Buffer.concat([lineEnd, this.#takeInput()]);
    for (;;) {
      const end = rest.indexOf(lastLine);
      // What may be the beginning of the end stays.
      const upTo = end < 0 ? Math.max(0, rest.length - lastLine.length + 1) : end + lineEnd.length;
      if (size < most) kept.push(rest.subarray(0, upTo));
      size += upTo;
      if (end >= 0) {
        this.#input = rest.subarray(end + lastLine.length);
        return unstuffed(Buffer.concat(kept).subarray(lineEnd.length, most + lineEnd.length));
      }
      if (size > mostOfAnswer) throw new MailboxFault('endless');
      rest = rest.subarray(upTo);
      await this.#more();
      rest = Buffer.concat([rest, this.#takeInput()]);
    }
  }

  close(): void {
    this.#end(new Error('closed'));
  }

  #end(error: Error): void {
    this.#fail(error);
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
      if (this.#input.length > mostUnread) this.#socket.pause();
      this.#wake();
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('timeout', () => this.#end(timedOut('ETIMEOUT')));
    this.#socket.on('close', () =>
      this.#fail(Object.assign(new Error('closed'), { code: 'EConnectionClosed' })),
    );
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#wake();
  }

  #takeInput(): Buffer {
    const taken = this.#input;
    this.#input = Buffer.alloc(0);
    return taken;
  }

  /** Waits for more to come. What came before the end is read first. */
  async #more(): Promise<void> {
    const had = this.#input.length;
    if (!this.#failed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#socket.resume();
      await promise;
    }
    if (this.#failed && this.#input.length === had) throw this.#failed;
  }
}

const lineEnd = Buffer.from('\r\n');
const lastLine = Buffer.from('\r\n.\r\n');
const timedOut = (code: string) => Object.assign(new Error('timed out'), { code });
/** A name is told to the server, so that it can show the right certificate; an address must not be. */
const nameOf = (host: string) => (/^[\d.]+$|:/.test(host) ? {} : { servername: host });

/** A dot at the beginning of a line had another put before it (RFC 1939 §3). */
function unstuffed(body: Buffer): Buffer {
  return Buffer.from(body.toString('latin1').replace(/^\.\./gm, '.'), 'latin1');
}
