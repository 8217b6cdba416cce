import {
  acts,
  password,
  type Session,
  type StandIn,
  type StandInOptions,
  startStandIn,
  user,
} from './testing-mail';

export type Pop3StandIn = StandIn & {
  /** What lies in the mailbox, by unique id. */
  mailbox: Map<string, Buffer>;
};

/** A POP3 server whose mailbox a test fills (RFC 1939, 2595). */
export async function startPop3(options: StandInOptions = {}): Promise<Pop3StandIn> {
  const mailbox = new Map<string, Buffer>();
  const commands: string[] = [];
  const begin = () => {
    const present = [...mailbox];
    const doomed = new Set<string>();
    return {
      greet: (session: Session) =>
        void (acts(session, options.script?.('greeting')) || session.say('+OK ready\r\n')),
      hear(session: Session, input: Buffer): number {
        const end = input.indexOf('\r\n');
        if (end < 0) return 0;
        const line = input.toString('latin1', 0, end);
        commands.push(line);
        if (!acts(session, options.script?.(line))) obey(session, line, { present, doomed });
        return end + 2;
      },
    };
  };
  type Held = { present: [string, Buffer][]; doomed: Set<string> };
  let signedIn = '';
  const obey = (session: Session, line: string, { present, doomed }: Held) => {
    const { say } = session;
    const [verb = '', argument = ''] = line.split(/ (.*)/);
    const [id, raw] = present[Number.parseInt(argument, 10) - 1] ?? [];
    const list = (value: (id: string, raw: Buffer) => string | number) =>
      say(`+OK\r\n${present.map(([one, bytes], n) => `${n + 1} ${value(one, bytes)}\r\n`).join('')}.\r\n`);
    if (verb === 'STLS' && options.encryption === 'starttls') {
      say('+OK go on\r\n');
      session.upgrade();
    } else if (verb === 'USER') {
      signedIn = argument;
      say('+OK\r\n');
    } else if (verb === 'PASS')
      say(signedIn === user && argument === password ? '+OK\r\n' : '-ERR [AUTH] wrong password\r\n');
    else if (verb === 'LIST') list((_id, bytes) => bytes.length);
    else if (verb === 'UIDL') list((one) => one);
    else if ((verb === 'RETR' || verb === 'TOP') && raw) {
      const stuffed = raw.toString('latin1').replace(/^\./gm, '..');
      say(Buffer.from(`+OK\r\n${stuffed}${stuffed.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1'));
    } else if (verb === 'DELE' && id) {
      doomed.add(id);
      say('+OK\r\n');
    } else if (verb === 'QUIT') {
      for (const one of doomed) mailbox.delete(one);
      say('+OK bye\r\n');
      session.socket.end();
    } else say('-ERR unknown\r\n');
  };
  return Object.assign(await startStandIn(options, begin, commands), { mailbox });
}
