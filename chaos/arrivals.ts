import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Arrival } from './compare';

/*
 * One file for each message that arrived: a line about its arrival, then the message as it came. The name tells the
 * delivery and which of its messages it is, so that a second one never hides the first.
 */

const Head = z.object({ deliveryId: z.string().nullable(), address: z.string(), at: z.number() });

const deliveryHeader = /^x-posthaste-delivery:[ \t]*(\S+)[ \t]*\r?$/im;

export class ArrivalWriter {
  readonly #counts = new Map<string, number>();

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  /** Returns when the file is written: the answer to the sender comes after that. */
  write(address: string, message: Buffer, at: number): void {
    const head = message.toString('latin1').split(/\r?\n\r?\n/, 1)[0] ?? '';
    const deliveryId = deliveryHeader.exec(head)?.[1] ?? null;
    const name = (deliveryId ?? 'nobody').replace(/[^\w-]/g, '_');
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const about: Arrival = { deliveryId, address, at };
    const content = Buffer.concat([Buffer.from(`${JSON.stringify(about)}\n`), message]);
    writeFileSync(join(this.directory, `${name}.${count}`), content, { flag: 'wx' });
  }
}

/** Everything that arrived, in the order of its arrival. */
export async function readArrivals(directory: string): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  for (const name of await readdir(directory)) {
    const text = await readFile(join(directory, name), 'utf8');
    arrivals.push(Head.parse(JSON.parse(text.slice(0, text.indexOf('\n')))));
  }
  return arrivals.sort((a, b) => a.at - b.at);
}
