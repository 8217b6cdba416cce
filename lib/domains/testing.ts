import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import {
  decode,
  encode,
  type Packet,
  RECURSION_DESIRED,
  type StringAnswer,
  type TxtAnswer,
} from 'dns-packet';
import type { Resolve } from './records';

/** Records by name: TXT as strings, MX as "10 mail.example.com", A as an address. `fail`: the server answers SERVFAIL. */
export type Zone = Record<string, { TXT?: string[]; MX?: string[]; A?: string[]; fail?: true }>;

const nxDomain = 3;
const servFail = 2;

/** A name server on this machine that knows one zone, and a resolver that asks it alone. For tests. */
export async function startNameServer(zone: Zone) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    const query = decode(bytes);
    const [question] = query.questions ?? [];
    if (!question) return;
    const name = question.name.toLowerCase();
    asked.push(`${question.type} ${name}`);
    const records = zone[name];
    // A name exists when something stands below it, too (RFC 8020).
    const exists = records ?? Object.keys(zone).some((other) => other.endsWith(`.${name}`));
    const rcode = records?.fail ? servFail : exists ? 0 : nxDomain;
    const answer: Packet = {
      ...{ type: 'response', id: query.id ?? 0, flags: RECURSION_DESIRED | 0x80 | rcode },
      questions: [question],
      answers: rcode === 0 ? answersOf(records ?? {}, question.type, question.name) : [],
    };
    socket.send(encode(answer), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    asked,
    resolve: resolver.resolve.bind(resolver) as Resolve,
    close: () => socket.close(),
  };
}

type Answers = NonNullable<Packet['answers']>;

function answersOf(records: Zone[string], type: string, name: string): Answers {
  if (type === 'TXT')
    // Strings of a record are of at most 255 bytes.
    return (records.TXT ?? []).map(
      (text): TxtAnswer => ({ type, name, ttl: 60, data: text.match(/.{1,255}/gs) ?? [''] }),
    );
  if (type === 'A') return (records.A ?? []).map((data): StringAnswer => ({ type, name, ttl: 60, data }));
  if (type === 'MX')
    return (records.MX ?? []).map((text) => {
      const [preference, exchange = ''] = text.split(' ');
      return { type, name, ttl: 60, data: { preference: Number(preference), exchange } };
    });
  return [];
}
