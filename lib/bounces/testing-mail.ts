import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { makeCertificate } from '../testing-certificate';

/** A message that lies in the mailbox of a stand-in. */
export type Stored = { uid: number; raw: Buffer; flags: Set<string>; at: Date };

/** What a test tells a stand-in to do at a command: a line to answer, or `drop`, or `hang`. Undefined: as usual. */
export type Script = (command: string) => string | undefined;

export type StandInOptions = {
  script?: Script;
  /** `tls`: from the start; `starttls`: after it was asked for; none by default. */
  encryption?: 'tls' | 'starttls';
};

/** The session of one connection, which a protocol fills in. */
export type Session = {
  socket: Socket;
  secure: boolean;
  say: (text: string | Buffer) => void;
  /** Goes on encrypted. */
  upgrade: () => void;
};

export const user = 'news@shop.example.com';
export const password = 'a password of a mailbox';

export type StandIn = { port: number; connections: number; commands: string[]; close: () => Promise<void> };

const certificate = makeCertificate({ name: 'localhost' });

type Protocol = {
  greet(session: Session): void;
  /** Is given what came, and answers how many bytes of it were used. */
  hear(session: Session, input: Buffer): number;
};

/** A server on a port of this machine that speaks a protocol written out by hand. */
export async function startStandIn(
  { encryption }: StandInOptions,
  begin: () => Protocol,
  commands: string[],
): Promise<StandIn> {
  const sockets = new Set<Socket>();
  const standIn: StandIn = { port: 0, connections: 0, commands, close };
  const converse = (first: Socket) => {
    standIn.connections++;
    const protocol = begin();
    let input = Buffer.alloc(0);
    const session: Session = {
      socket: first,
      secure: encryption === 'tls',
      say: (text) => void session.socket.write(text),
      upgrade() {
        first.removeAllListeners('data');
        input = Buffer.alloc(0);
        session.socket = new TLSSocket(first, { isServer: true, ...certificate });
        session.secure = true;
        listen(session.socket);
      },
    };
    const listen = (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', (chunk) => {
        input = Buffer.concat([input, chunk]);
        for (;;) {
          const used = protocol.hear(session, input);
          if (used === 0) return;
          input = input.subarray(used);
        }
      });
    };
    listen(first);
    protocol.greet(session);
  };
  const server: Server =
    encryption === 'tls' ? createTlsServer(certificate, converse) : createServer(converse);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  standIn.port = (server.address() as AddressInfo).port;
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
  return standIn;
}

/** Does what the script says. True: that was all. */
export function acts(session: Session, said: string | undefined): boolean {
  if (said === undefined) return false;
  if (said === 'drop') session.socket.destroy();
  else if (said !== 'hang') session.say(`${said}\r\n`);
  return true;
}
