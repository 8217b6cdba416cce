import type { Resolver } from 'node:dns/promises';

/** Asks for records as `dns.promises.resolve` does. */
export type Resolve = Resolver['resolve'];

/** A name server did not answer, or refused to. */
export class NoAnswer extends Error {}

const absent = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** The TXT records of a name that begin like this, each put together from its strings (RFC 7208 §3.3). */
export async function textRecords(resolve: Resolve, name: string, begins: RegExp): Promise<string[]> {
  const rows = await orNothing(() => resolve(name, 'TXT'));
  return rows.map((strings) => strings.join('')).filter((text) => begins.test(text));
}

export const mailServers = (
  resolve: Resolve,
  name: string,
): Promise<{ priority: number; exchange: string }[]> => orNothing(() => resolve(name, 'MX'));

/** The addresses of a host, of both families. */
export async function hostAddresses(resolve: Resolve, host: string): Promise<string[]> {
  const [four, six] = await Promise.all([
    orNothing(() => resolve(host, 'A')),
    orNothing(() => resolve(host, 'AAAA')),
  ]);
  return [...four, ...six];
}

async function orNothing<Row>(ask: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return await ask();
  } catch (error) {
    if (absent.has(codeOf(error))) return [];
    throw new NoAnswer(codeOf(error) || String(error));
  }
}
