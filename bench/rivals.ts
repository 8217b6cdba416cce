import { once } from 'node:events';
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Newsletter } from './newsletter';

/** Messages that are on their way at once, as many as keep the pool's connections busy. */
const inFlight = 100;

/** What most programs do: nodemailer's pooled sendMail in a loop. Answers the seconds that it took. */
export async function sendByNodemailer(
  port: number,
  newsletters: Newsletter[],
  total: number,
): Promise<number> {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    pool: true,
    maxConnections: 5,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  let next = 0;
  const loop = async () => {
    while (next < total) {
      const newsletter = newsletters[next++ % newsletters.length];
      if (newsletter) await transport.sendMail(newsletter);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, loop));
  const seconds = (performance.now() - startedAt) / 1000;
  transport.close();
  return seconds;
}

/**
 * The limit: bytes that are ready, on bare sockets that wait for no more answers than they must. RFC 2920 lets the next
 * message's MAIL, RCPT and DATA follow a message in the same packet. Answers the seconds that it took.
 */
export async function sendByPipelining(
  port: number,
  transactions: Buffer[],
  total: number,
  connections: number,
): Promise<number> {
  const shares = Array.from({ length: connections }, (_, n) => Math.floor((total + n) / connections));
  const startedAt = performance.now();
  await Promise.all(shares.map((share) => pipeline(port, transactions, share)));
  return (performance.now() - startedAt) / 1000;
}

/** Each is a message and the envelope of the one behind it, which a server answers together. */
export async function readyTransactions(newsletters: Newsletter[]): Promise<Buffer[]> {
  return Promise.all(
    newsletters.map(async (newsletter) => {
      const mime = await new MailComposer(newsletter).compile().build();
      return Buffer.concat([mime, Buffer.from(`\r\n.\r\n${envelope(newsletter)}`)]);
    }),
  );
}

const envelope = ({ from, to }: Newsletter) =>
  `MAIL FROM:<${from.address}> BODY=8BITMIME\r\nRCPT TO:<${to.address}>\r\nDATA\r\n`;

const goOn = Buffer.from('354 ');

async function pipeline(port: number, transactions: Buffer[], total: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'data');
  socket.write('EHLO bench.example.com\r\n');
  await once(socket, 'data');
  const ended = once(socket, 'close');
  let next = 0;
  socket.on('data', (answer: Buffer) => {
    // Answers are short and come in one write: the last of them is the one that matters.
    if (!answer.includes(goOn)) return;
    const transaction = transactions[next++ % transactions.length];
    if (transaction && next <= total) socket.write(transaction);
    else socket.end();
  });
  socket.write('MAIL FROM:<news@example.com>\r\nRCPT TO:<person-0@example.com>\r\nDATA\r\n');
  await ended;
}
