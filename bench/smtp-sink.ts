import { createServer, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * A process that speaks just enough SMTP (RFC 5321) to take messages as fast as they come, pipelined (RFC 2920) or not.
 * It looks at no more than it must, because it shares the machine with what it measures. Says its port when it listens,
 * and when asked what has come. Arguments: milliseconds that each message takes it, and whether arrivals are kept.
 */

const delayMs = Number(process.argv[2] ?? 0);
const keepsArrivals = process.argv[3] === 'arrivals';

/** How late this process has come to look at what had arrived: a busy machine blurs the arrivals by as much. */
const lateness = monitorEventLoopDelay({ resolution: 1 });
if (keepsArrivals) lateness.enable();

let messages = 0;
let bytes = 0;
/** When messages had arrived, by the sender's address; milliseconds of one clock. */
const arrivals: Record<string, number[]> = {};

function note(from: string): void {
  const times = arrivals[from] ?? [];
  arrivals[from] = times;
  times.push(performance.timeOrigin + performance.now());
}

const end = Buffer.from('\r\n.\r\n');
const [letterD, letterE, letterM, letterQ, lf] = [0x44, 0x45, 0x4d, 0x51, 0x0a];
const hello = '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n';

class Session {
  #inData = false;
  #from = '';
  /** What the last chunk left over: half a command, or what may be the beginning of the end of a message. */
  #rest: Buffer | undefined;

  constructor(readonly socket: Socket) {}

  take(chunk: Buffer): void {
    const input = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    let answers = '';
    while (at < input.length) {
      const next = this.#inData ? this.#endOfMessage(input, at) : this.#endOfCommand(input, at);
      if (next === 0) {
        // Of a message no more is kept than could begin its end.
        const keep = this.#inData ? Math.max(at, input.length - end.length + 1) : at;
        if (this.#inData) bytes += keep - at;
        this.#rest = input.subarray(keep);
        if (answers !== '') this.socket.write(answers, 'latin1');
        return;
      }
      answers += this.#inData ? this.#finish(next - at) : this.#answer(input, at, next);
      at = next;
    }
    this.#rest = undefined;
    if (answers !== '') this.socket.write(answers, 'latin1');
  }

  #endOfMessage(input: Buffer, at: number): number {
    const found = input.indexOf(end, at);
    return found < 0 ? 0 : found + end.length;
  }

  #endOfCommand = (input: Buffer, at: number): number => input.indexOf(lf, at) + 1;

  #finish(length: number): string {
    messages++;
    bytes += length;
    this.#inData = false;
    if (keepsArrivals) note(this.#from);
    if (delayMs === 0) return '250 2.0.0 taken\r\n';
    setTimeout(() => this.socket.write('250 2.0.0 taken\r\n'), delayMs);
    return '';
  }

  #answer(input: Buffer, at: number, next: number): string {
    const verb = input[at];
    if (verb === letterD) {
      this.#inData = true;
      return '354 go on\r\n';
    }
    if (verb === letterE) return hello;
    if (verb === letterQ) {
      this.socket.end();
      return '221 bye\r\n';
    }
    if (keepsArrivals && verb === letterM)
      this.#from = /<(.*?)>/.exec(input.toString('latin1', at, next))?.[1] ?? '';
    return '250 2.0.0 ok\r\n';
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const session = new Session(socket);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => session.take(chunk));
  socket.write('220 sink ESMTP\r\n');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({
    messages,
    bytes,
    cpuSeconds: (user + system) / 1e6,
    arrivals,
    latestMs: Math.round(lateness.max / 1e6),
  });
});
process.on('disconnect', () => process.exit(0));
