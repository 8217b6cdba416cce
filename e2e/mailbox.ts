import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export type Letter = { from: string; to: string[]; raw: string };

export type Mailbox = {
  /** For SMTP_URL. */
  url: string;
  letters: Letter[];
  /** Resolves as soon as there are that many letters to the address (or to anybody); rejects after `withinMs`. */
  waitFor(count: number, to?: string, withinMs?: number): Promise<Letter[]>;
  close(): Promise<void>;
};

/** The value of a header, unfolded; undefined when there is none. */
export function headerOf(letter: Letter, name: string): string | undefined {
  const head = letter.raw.slice(0, letter.raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1];
}

/** A real SMTP server on loopback that takes everything and keeps it. */
export async function openMailbox(): Promise<Mailbox> {
  const letters: Letter[] = [];
  const watchers = new Set<() => void>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, session, done) {
      text(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw,
        });
        for (const watcher of watchers) watcher();
        done();
      }, done);
    },
  });
  server.on('error', () => undefined); // a client that leaves in the middle
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (typeof address !== 'object' || !address) throw new Error('a listening server has an address');

  const matching = (to?: string) => letters.filter((letter) => to === undefined || letter.to.includes(to));
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    letters,
    waitFor(count, to, withinMs = 60_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (matching(to).length < count) return;
          watchers.delete(look);
          clearTimeout(timer);
          resolve(matching(to));
        };
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(new Error(`${matching(to).length} of ${count} letters came within ${withinMs / 1000} s`));
        }, withinMs);
        watchers.add(look);
        look();
      });
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
