import {
  acts,
  password,
  type Session,
  type StandIn,
  type StandInOptions,
  type Stored,
  startStandIn,
  user,
} from './testing-mail';

export type ImapStandIn = StandIn & {
  folders: Map<string, Stored[]>;
  validity: number;
  /** Puts a message into the inbox. */
  deliver(raw: Buffer, at?: Date): number;
};

type ImapOptions = StandInOptions & { hasMove?: boolean };

/** An IMAP server whose mailbox a test fills, as far as reading, marking and moving take it (RFC 3501, 6851). */
export async function startImap(options: ImapOptions = {}): Promise<ImapStandIn> {
  const folders = new Map<string, Stored[]>([['INBOX', []]]);
  const commands: string[] = [];
  let lastUid = 0;
  const capabilities = (session: Session) =>
    [
      'IMAP4rev1 UIDPLUS',
      ...(options.hasMove === false ? [] : ['MOVE']),
      ...(options.encryption === 'starttls' && !session.secure ? ['STARTTLS'] : []),
    ].join(' ');
  const begin = () => {
    const held: Held = { folder: undefined, readOnly: false };
    return {
      greet: (session: Session) =>
        void (
          acts(session, options.script?.('greeting')) ||
          session.say(`* OK [CAPABILITY ${capabilities(session)}] ready\r\n`)
        ),
      hear(session: Session, input: Buffer): number {
        const command = readCommand(session, input);
        if (!command) return 0;
        const [tag = '', line = ''] = command.text.split(/ (.*)/s);
        commands.push(line);
        const said = options.script?.(line);
        if (!acts(session, said?.replace('TAG', tag))) obey(session, tag, line, held);
        return command.used;
      },
    };
  };
  type Held = { folder: string | undefined; readOnly: boolean };

  const obey = (session: Session, tag: string, line: string, held: Held) => {
    const { say } = session;
    const done = (text = 'OK done') => say(`${tag} ${text}\r\n`);
    const words = wordsOf(line);
    const isUid = words[0]?.toUpperCase() === 'UID';
    if (isUid) words.shift();
    const verb = words[0]?.toUpperCase() ?? '';
    const here = folders.get(held.folder ?? '') ?? [];
    const chosen = () => here.filter(({ uid }) => inSet(words[1] ?? '', uid, here.at(-1)?.uid ?? 0));
    const numberOf = (one: Stored) => here.indexOf(one) + 1;
    const expunge = (gone: Stored[]) => {
      for (const one of gone) {
        say(`* ${numberOf(one)} EXPUNGE\r\n`);
        here.splice(here.indexOf(one), 1);
      }
    };
    switch (verb) {
      case 'CAPABILITY':
        say(`* CAPABILITY ${capabilities(session)}\r\n`);
        return done();
      case 'STARTTLS':
        done();
        return session.upgrade();
      case 'LOGIN':
        return words[1] === user && words[2] === password
          ? done()
          : done('NO [AUTHENTICATIONFAILED] Invalid credentials');
      case 'LIST':
      case 'LSUB':
        if (words[2] === '') say(`* LIST (\\Noselect) "/" ""\r\n`);
        for (const name of folders.keys())
          if (words[2] === '*' || words[2] === name) say(`* LIST () "/" "${name}"\r\n`);
        return done();
      case 'SELECT':
      case 'EXAMINE': {
        const name = words[1] ?? '';
        if (!folders.has(name)) return done('NO [NONEXISTENT] No such mailbox');
        Object.assign(held, { folder: name, readOnly: verb === 'EXAMINE' });
        say(`* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] ok\r\n`);
        say(
          `* ${folders.get(name)?.length} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY ${standIn.validity}] ok\r\n`,
        );
        say(`* OK [UIDNEXT ${lastUid + 1}] ok\r\n`);
        return done(`OK [READ-${held.readOnly ? 'ONLY' : 'WRITE'}] selected`);
      }
      case 'SEARCH': {
        const since = /SINCE ([\w-]+)/i.exec(line)?.[1];
        const range = /UID ([\d:*,]+)/i.exec(line.replace(/^UID SEARCH/i, ''))?.[1];
        const numbers = /^UID SEARCH ([\d:*,]+)/i.exec(line)?.[1];
        const found = here.filter(
          ({ uid, at }, n) =>
            (!numbers || inSet(numbers, n + 1, here.length)) &&
            (!since || at >= new Date(`${since} UTC`)) &&
            (!range || inSet(range, uid, here.at(-1)?.uid ?? 0)),
        );
        say(`* SEARCH ${found.map(({ uid }) => uid).join(' ')}\r\n`);
        return done();
      }
      case 'FETCH':
        for (const one of chosen()) {
          const [, most] = /BODY\.PEEK\[\]<0\.(\d+)>/i.exec(line) ?? [];
          const raw = one.raw.subarray(0, Number(most ?? one.raw.length));
          say(`* ${numberOf(one)} FETCH (UID ${one.uid} BODY[]${most ? '<0>' : ''} {${raw.length}}\r\n`);
          say(raw);
          say(')\r\n');
        }
        return done();
      case 'STORE':
        if (held.readOnly) return done('NO read-only');
        for (const one of chosen()) for (const flag of line.match(/\\\w+/g) ?? []) one.flags.add(flag);
        return done();
      case 'CREATE':
        folders.set(words[1] ?? '', []);
        return done();
      case 'MOVE':
      case 'COPY': {
        const target = folders.get(words[2] ?? '');
        if (!target) return done('NO [TRYCREATE] No such mailbox');
        const moving = chosen();
        target.push(...moving.map((one) => ({ ...one, flags: new Set(one.flags) })));
        if (verb === 'MOVE') expunge(moving);
        return done();
      }
      case 'EXPUNGE':
        expunge((isUid ? chosen() : [...here]).filter(({ flags }) => flags.has('\\Deleted')));
        return done();
      case 'LOGOUT':
        say('* BYE\r\n');
        done();
        return void session.socket.end();
      case 'NOOP':
        return done();
      default:
        return done('BAD unknown');
    }
  };

  const standIn: ImapStandIn = Object.assign(await startStandIn(options, begin, commands), {
    folders,
    validity: 7,
    deliver(raw: Buffer, at = new Date()) {
      folders.get('INBOX')?.push({ uid: ++lastUid, raw, at, flags: new Set<string>() });
      return lastUid;
    },
  });
  return standIn;
}

/** A line with the literals that it announces, each of them asked for. */
function readCommand(session: Session, input: Buffer): { text: string; used: number } | undefined {
  let [text, at] = ['', 0];
  for (;;) {
    const end = input.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const line = input.toString('latin1', at, end);
    at = end + 2;
    const [announced, size] = /\{(\d+)\+?\}$/.exec(line) ?? [];
    if (!announced) return { text: text + line, used: at };
    if (input.length < at + Number(size)) {
      if (input.length === at) session.say('+ go on\r\n');
      return undefined;
    }
    text += `${line.slice(0, -announced.length)}"${input.toString('latin1', at, at + Number(size))}"`;
    at += Number(size);
  }
}

const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

function inSet(set: string, uid: number, last: number): boolean {
  return set.split(',').some((part) => {
    const [from = 0, to = from] = part.split(':').map((end) => (end === '*' ? last : Number(end)));
    return uid >= Math.min(from, to) && uid <= Math.max(from, to);
  });
}
