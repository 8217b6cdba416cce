import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isLoopback, type SmtpConfig, startsWithTls } from './smtp-config';
import type { SmtpError, Stage } from './smtp-errors';

/** Milliseconds. Generous towards slow servers, yet one that hangs costs a batch no more than this. */
export type SmtpTimeouts = { connect: number; greeting: number; socket: number };
export const smtpTimeouts: SmtpTimeouts = { connect: 10_000, greeting: 10_000, socket: 45_000 };

/** A failure of a session together with how far it had come. */
export class SmtpFailure extends Error {
  constructor(
    readonly error: SmtpError,
    readonly stage: Stage,
  ) {
    super(error.message);
  }
}

export type Envelope = { from: string; to: string };

/** One SMTP session: opened, used for message after message, closed. What fails rejects with an SmtpFailure. */
export class SmtpSession {
  /** Messages that this session has carried. */
  served = 0;
  #lost: SmtpError | undefined;
  #onLost: ((error: SmtpError) => void) | undefined;
  #body: Body | undefined;

  private constructor(private readonly connection: SMTPConnection) {
    connection.on('error', (error: SmtpError) => this.#lose(error));
    // nodemailer first ends, then tells the pending command what the server said: let that come first
    connection.on('end', () => setImmediate(() => this.#lose({ message: 'The connection was closed.' })));
  }

  get usable(): boolean {
    return this.#lost === undefined && !this.connection.destroyed;
  }

  get secure(): boolean {
    return this.connection.secure;
  }

  /** How far the message on its way has come. */
  get stage(): Stage {
    return this.#body?.stage ?? 'envelope';
  }

  /** Connects, greets, secures and logs in. */
  static async open(config: SmtpConfig, timeouts = smtpTimeouts, signal?: AbortSignal): Promise<SmtpSession> {
    const session = new SmtpSession(new SMTPConnection(optionsOf(config, timeouts)));
    const interrupt = () => session.close({ message: 'Interrupted before the connection was open.' });
    signal?.addEventListener('abort', interrupt);
    try {
      if (signal?.aborted) interrupt();
      await session.#step('opening', (done) => session.connection.connect(done));
      await session.#login(config);
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  async #login(config: SmtpConfig): Promise<void> {
    if (config.user === '') return;
    const refuse = (message: string) => new SmtpFailure({ message, code: 'EAUTH' }, 'login');
    if (!this.connection.secure && config.security !== 'none' && !isLoopback(config.host))
      throw refuse('The server offers no encryption, and a password must not travel in the clear.');
    if (!this.connection.allowsAuth) throw refuse('The server offers no way to sign in.');
    const auth = { user: config.user, pass: config.password };
    await this.#step('login', (done) => this.connection.login(auth, done));
  }

  /** Sends one message; answers the server's acceptance. Afterwards the session is usable or says that it is not. */
  async send(envelope: Envelope, mime: Buffer): Promise<string> {
    const body = new Body(mime);
    this.#body = body;
    this.served++;
    try {
      const sent = await this.#step(
        () => body.stage,
        (done: (error: SmtpError | null, info?: { response: string }) => void) =>
          this.connection.send({ ...envelope, size: mime.length }, body, done),
      );
      return sent?.response ?? '';
    } catch (error) {
      await this.#recover(body.stage);
      throw error;
    }
  }

  /** A refused envelope leaves half a transaction at the server (RFC 5321 §4.1.1.5); a cut body leaves no way on. */
  async #recover(stage: Stage): Promise<void> {
    if (stage === 'body') this.close();
    if (stage !== 'envelope' || !this.usable) return;
    await this.#step('envelope', (done) => this.connection.reset(done)).catch(() => this.close());
  }

  /** Says goodbye if the server listens, and ends. */
  quit(): void {
    if (this.usable) this.connection.quit();
    this.close();
  }

  close(why: SmtpError = { message: 'The connection was closed.' }): void {
    this.#lose(why);
    this.connection.close();
  }

  #lose(error: SmtpError): void {
    this.#lost ??= error;
    this.#onLost?.(error);
  }

  /** nodemailer reports a lost connection sometimes to the callback, sometimes only as an event: whichever is first. */
  #step<Value>(
    stage: Stage | (() => Stage),
    start: (done: (error?: SmtpError | null, value?: Value) => void) => void,
  ): Promise<Value | undefined> {
    const now = () => (typeof stage === 'function' ? stage() : stage);
    return new Promise((resolve, reject) => {
      const lose = (error: SmtpError) => reject(new SmtpFailure(error, now()));
      if (this.#lost) return lose(this.#lost);
      this.#onLost = lose;
      start((error, value) => {
        this.#onLost = undefined;
        if (error) lose(error);
        else resolve(value);
      });
    });
  }
}

/**
 * The bytes of a message as a stream, because a stream tells how far the message came: nodemailer pipes it when the
 * server has said "go ahead", into a stream that ends when the final dot has been handed to the network.
 */
class Body extends Readable {
  stage: Stage = 'envelope';

  constructor(private readonly bytes: Buffer) {
    super();
  }

  override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
    this.stage = 'body';
    destination.once('end', () => {
      this.stage = 'sent';
    });
    return super.pipe(destination);
  }

  override _read(): void {
    this.push(this.bytes);
    this.push(null);
  }
}

function optionsOf(config: SmtpConfig, timeouts: SmtpTimeouts) {
  return {
    host: config.host,
    port: config.port,
    secure: startsWithTls(config),
    requireTLS: config.security === 'starttls',
    ignoreTLS: config.security === 'none',
    connectionTimeout: timeouts.connect,
    dnsTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    socketCloseTimeout: 1000,
    tls: {
      minVersion: 'TLSv1.2' as const,
      rejectUnauthorized: !config.acceptAnyCertificate && !isLoopback(config.host),
    },
  };
}
