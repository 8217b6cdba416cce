import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** The moments of a session at which the stand-in can do something else than agree. */
export type Moment = 'greeting' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot' | 'rset';

/** EHLO's reply of a server that takes commands in groups (RFC 2920). */
export const pipelining = '250-stand-in\r\n250 PIPELINING';

/** A reply line, or `drop`: end the connection, or `hang`: never answer. Undefined: agree. */
export type Act = string | undefined;
export type Script = (moment: Moment, line: string, connection: number) => Act;

const agree: Record<Moment, string> = {
  greeting: '220 stand-in ready',
  ehlo: '250 stand-in',
  auth: '235 2.7.0 welcome',
  mail: '250 2.1.0 ok',
  rcpt: '250 2.1.5 ok',
  data: '354 go ahead',
  body: '',
  dot: '250 2.0.0 queued',
  rset: '250 2.0.0 reset',
};

export type StandIn = {
  port: number;
  /** Recipients of messages whose final dot came in, whatever was answered, in order. */
  received: string[];
  /** The same messages as they were sent, dot-stuffing undone. */
  messages: string[];
  connections: number;
  open: number;
  close(): Promise<void>;
};

/** A mail server that does at each moment what a test tells it, in a protocol written out by hand; 0: on any port. */
export async function startSmtpStandIn(script: Script = () => undefined, port = 0): Promise<StandIn> {
  const sockets = new Set<Socket>();
  const standIn: StandIn = { port: 0, received: [], messages: [], connections: 0, open: 0, close };
  const server = createServer((socket) => {
    sockets.add(socket);
    standIn.open++;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      standIn.open--;
    });
    converse(socket, script, standIn, ++standIn.connections);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  standIn.port = (server.address() as AddressInfo).port;
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  return standIn;
}

function converse(socket: Socket, script: Script, standIn: StandIn, connection: number): void {
  let input = '';
  let inBody = false;
  let recipient = '';
  let isNamed = false;
  let stopped = false;
  const act = (moment: Moment, line: string): boolean => {
    const usual = moment === 'data' && !isNamed ? '503 5.5.1 no valid recipients' : agree[moment];
    const said = script(moment, line, connection) ?? usual;
    if (said === 'drop') socket.destroy();
    if (said === 'drop' || said === 'hang') {
      stopped = true;
      return false;
    }
    if (said !== '') socket.write(`${said}\r\n`);
    return said.startsWith('2') || said.startsWith('3');
  };
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') act('ehlo', line);
    else if (verb === 'AUTH') act('auth', line);
    else if (verb === 'MAIL') act('mail', line);
    else if (verb === 'RCPT') {
      recipient = /<(.*)>/.exec(line)?.[1] ?? '';
      isNamed = act('rcpt', line);
    } else if (verb === 'DATA') {
      inBody = act('data', line);
      if (inBody) act('body', '');
    } else if (verb === 'RSET') act('rset', line);
    else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('500 unknown\r\n');
  };
  socket.on('data', (chunk) => {
    input += chunk.toString('utf8');
    while (!stopped) {
      const end = inBody ? input.indexOf('\r\n.\r\n') : input.indexOf('\r\n');
      if (end < 0) return;
      const taken = input.slice(0, end);
      input = input.slice(end + (inBody ? 5 : 2));
      if (!inBody) command(taken);
      else {
        inBody = false;
        isNamed = false;
        standIn.received.push(recipient);
        standIn.messages.push(`${taken}\r\n`.replace(/^\.\./gm, '.'));
        act('dot', '');
      }
    }
  });
  act('greeting', '');
}

/** A port of this machine on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const standIn = await startSmtpStandIn();
  await standIn.close();
  return standIn.port;
}
