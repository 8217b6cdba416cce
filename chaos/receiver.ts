import { createServer, type Socket } from 'node:net';
import { ArrivalWriter } from './arrivals';
import { Order, type Status } from './protocol';

/*
 * The receiving end, a process of its own: it speaks just enough SMTP (RFC 5321), keeps each message in a file before it
 * accepts it, and does what it is told: hold its answers back, or drop connections at a certain point.
 */

const endOfBody = Buffer.from('\r\n.\r\n');
const greeting = '250-receiver\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n';
const status: Status = { port: 0, arrived: 0, held: 0, cut: 0 };
let holding = false;
const waiting = new Set<Session>();
const drops = { envelope: 0, body: 0, answer: 0 };

/** Whether a connection is to be dropped here and now. */
function isDropped(at: keyof typeof drops): boolean {
  if (drops[at] === 0) return false;
  drops[at]--;
  return true;
}

class Session {
  #rest: Buffer = Buffer.alloc(0);
  #recipient = '';
  #stage: 'idle' | 'envelope' | 'body' | 'kept' | 'answered' = 'idle';
  #ours = false;

  constructor(
    private readonly socket: Socket,
    private readonly writer: ArrivalWriter,
  ) {
    let reset = false;
    socket.setNoDelay(true);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reset = error.code === 'ECONNRESET';
    });
    socket.on('data', (chunk: Buffer) => {
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      while (!this.#ours && this.#step());
    });
    socket.on('close', () => this.#closed(reset));
    socket.write('220 receiver ESMTP\r\n');
  }

  answer(): void {
    waiting.delete(this);
    if (this.#stage !== 'kept') return;
    this.#stage = 'answered';
    this.socket.write('250 2.0.0 kept\r\n');
  }

  /** A reset means that there was something unread at the other end: the answer, if that came last. */
  #closed(reset: boolean): void {
    waiting.delete(this);
    const isCut = this.#stage === 'answered' ? reset : this.#stage !== 'idle';
    if (isCut && !this.#ours) status.cut++;
  }

  #drop(): false {
    this.#ours = true;
    this.socket.destroy();
    return false;
  }

  /** Takes one command or body from what has come; false when there is none. */
  #step(): boolean {
    if (this.#stage === 'body') return this.#takeBody();
    const at = this.#rest.indexOf('\r\n');
    if (at < 0) return false;
    const line = this.#rest.toString('utf8', 0, at);
    this.#rest = this.#rest.subarray(at + 2);
    return this.#command(line.slice(0, 4).toUpperCase(), line);
  }

  #command(verb: string, line: string): boolean {
    if (verb === 'MAIL') this.#stage = 'envelope';
    else if (verb === 'RCPT') this.#recipient = /<(.*)>/.exec(line)?.[1] ?? '';
    else if (verb === 'DATA') {
      if (isDropped('envelope')) return this.#drop();
      this.#stage = 'body';
      this.socket.write('354 go on\r\n');
      return true;
    } else {
      this.#stage = 'idle';
      if (verb === 'QUIT') {
        this.socket.end('221 bye\r\n');
        return false;
      }
    }
    this.socket.write(verb === 'EHLO' ? greeting : '250 2.0.0 ok\r\n');
    return true;
  }

  #takeBody(): boolean {
    if (this.#rest.length > 0 && isDropped('body')) return this.#drop();
    const at = this.#rest.indexOf(endOfBody);
    if (at < 0) return false;
    this.writer.write(this.#recipient, this.#rest.subarray(0, at), now());
    this.#rest = this.#rest.subarray(at + endOfBody.length);
    this.#stage = 'kept';
    status.arrived++;
    if (isDropped('answer')) return this.#drop();
    if (holding) waiting.add(this);
    else this.answer();
    return true;
  }
}

const now = () => performance.timeOrigin + performance.now();

function obey(order: Order): void {
  if ('drop' in order) {
    drops[order.drop] += order.connections;
    return;
  }
  holding = order.hold;
  if (!holding) for (const session of [...waiting]) session.answer();
}

const directory = process.argv[2];
if (directory === undefined) throw new Error('a directory must be named in which the messages are kept');
const writer = new ArrivalWriter(directory);

let told = '';
function tell(): void {
  status.held = waiting.size;
  const text = JSON.stringify(status);
  if (text !== told) process.send?.(status);
  told = text;
}

const server = createServer((socket) => new Session(socket, writer));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  status.port = typeof address === 'object' && address ? address.port : 0;
  setInterval(tell, 10);
});
process.on('message', (message) => obey(Order.parse(message)));
// Whoever started this has gone, perhaps while it was being told something.
for (const gone of ['disconnect', 'error']) process.on(gone, () => process.exit(0));
// Ctrl-C is for the one who started this; until then messages must find a receiver.
process.on('SIGINT', () => undefined);
