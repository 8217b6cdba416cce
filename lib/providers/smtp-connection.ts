import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isLoopback, type SmtpConfig, startsWithTls } from './smtp-config';
import { type SmtpError, SmtpFailure, type Stage } from './smtp-errors';
import { type Envelope, SmtpTransaction } from './smtp-transaction';
import { closed, type Extensions, readExtensions, SmtpWire } from './smtp-wire';

/** Milliseconds. Generous towards slow servers, yet one that hangs costs a batch no more than this. */
export type SmtpTimeouts = { connect: number; greeting: number; socket: number };
export const smtpTimeouts: SmtpTimeouts = { connect: 10_000, greeting: 10_000, socket: 45_000 };

/**
 * One SMTP session: opened, used for message after message, closed. nodemailer connects, secures and signs in; the
 * messages we send by ourselves, because that takes a fraction of the time and of the packets.
 */
export class SmtpSession {
  /** Messages that this session has begun with. */
  served = 0;
  #lost: SmtpError | undefined;
  #onLost: ((error: SmtpError) => void) | undefined;
  #wire: SmtpWire | undefined;

  private constructor(private readonly connection: SMTPConnection) {
    connection.on('error', (error: SmtpError) => this.#lose(error));
    // nodemailer first ends, then tells the pending command what the server said: let that come first
    connection.on('end', () => setImmediate(() => this.#lose(closed)));
  }

  get usable(): boolean {
    return this.#lost === undefined && !this.connection.destroyed;
  }

  get secure(): boolean {
    return this.connection.secure;
  }

  /** Whether a message may be begun before the one before it is answered. */
  get pipelining(): boolean {
    return this.#wire?.extensions.pipelining === true;
  }

  /** Makes no use of pipelining, whatever the server announces. */
  goStepByStep(): void {
    if (this.#wire) this.#wire.extensions.pipelining = false;
  }

  /** The server announces pipelining, and does what must not be done with it. */
  get isMisled(): boolean {
    return this.#wire?.isMisled === true;
  }

  /** Connects, greets, secures and logs in. */
  static async open(config: SmtpConfig, timeouts = smtpTimeouts, signal?: AbortSignal): Promise<SmtpSession> {
    const session = new SmtpSession(new SMTPConnection(optionsOf(config, timeouts)));
    const interrupt = () => session.close({ message: 'Interrupted before the connection was open.' });
    signal?.addEventListener('abort', interrupt);
    try {
      if (signal?.aborted) interrupt();
      await session.#step('opening', (done) => session.connection.connect(done));
      const ehlo = session.connection.lastServerResponse || '';
      await session.#login(config);
      session.#takeOver(readExtensions(ehlo));
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

  /** From here on what the server says is for us. nodemailer still watches over the connection: its end, errors, silence. */
  #takeOver(extensions: Extensions): void {
    const { _socket: socket } = this.connection;
    if (!socket || !this.usable) throw new SmtpFailure(this.#lost ?? closed, 'opening');
    socket.removeAllListeners('data');
    this.#wire = new SmtpWire(socket, extensions, (why) => this.close(why));
  }

  /** Takes one message on. Its envelope and body must be sent, or the session closed. */
  begin(envelope: Envelope, mime: Buffer): SmtpTransaction {
    if (!this.#wire) throw new Error('the session is open');
    const transaction = new SmtpTransaction(this.#wire, () => this.close(), envelope, mime);
    this.served++;
    return transaction;
  }

  /** Says goodbye if the server listens, and ends. */
  quit(): void {
    if (this.usable) this.connection.quit();
    this.close();
  }

  close(why: SmtpError = closed): void {
    this.#lose(why);
    this.connection.close();
  }

  #lose(error: SmtpError): void {
    this.#lost ??= error;
    this.#onLost?.(error);
    this.#wire?.lose(error);
  }

  /** nodemailer reports a lost connection sometimes to the callback, sometimes only as an event: whichever is first. */
  #step(stage: Stage, start: (done: (error?: SmtpError | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const lose = (error: SmtpError) => reject(new SmtpFailure(error, stage));
      if (this.#lost) return lose(this.#lost);
      this.#onLost = lose;
      start((error) => {
        this.#onLost = undefined;
        if (error) lose(error);
        else resolve();
      });
    });
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
