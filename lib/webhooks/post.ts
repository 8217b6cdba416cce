import { lookup } from 'node:dns/promises';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { env } from '../env';
import { isPrivateAddress } from './private-address';

/** What came of a request: a status with the beginning of the answer, or what went wrong on the way. */
export type Answer = { status: number | null; detail: string };

const patienceMs = 15_000;
/** What an answer says besides its status may come so much later. */
const bodyMs = 2_000;
/** As much of an answer as helps to find a fault. */
const detailLength = 300;

class Private extends Error {
  constructor(host: string) {
    super(
      `${host} is at a private address. Webhooks go to the Internet alone, unless ALLOWED_PRIVATE_NETWORKS names its network.`,
    );
  }
}

const isRefused = (address: string) => isPrivateAddress(address, env().ALLOWED_PRIVATE_NETWORKS);

/**
 * The addresses of a name, of which none may be private. They are those that the connection is made to: whoever owns the
 * name cannot answer something else a moment later.
 */
const publicLookup: LookupFunction = (host, { family, all }, callback) => {
  lookup(host, { all: true, family: family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0) }).then(
    (found) => {
      const [first] = found;
      if (!first || found.some(({ address }) => isRefused(address))) callback(new Private(host), '', 0);
      else if (all) callback(null, found);
      else callback(null, first.address, first.family);
    },
    (error: NodeJS.ErrnoException) => callback(error, '', 0),
  );
};

/**
 * Posts JSON once to a public address and reads the beginning of the answer. Follows no redirect: what it leads to was
 * entered by nobody. Never throws: what went wrong is the answer.
 */
export async function postJson(
  url: string,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  limitMs = patienceMs,
): Promise<Answer> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isRefused(host)) return { status: null, detail: new Private(host).message };
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const request = (target.protocol === 'https:' ? tlsRequest : plainRequest)(
        target,
        {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Posthaste-Webhooks' },
          lookup: publicLookup,
          signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
        },
        (response) => {
          let text = '';
          const end = () => resolve({ status: response.statusCode ?? null, detail: tidy(text) });
          // The status is the answer: who then says no more, or goes on for ever, is not waited for.
          const enough = setTimeout(() => {
            end();
            response.destroy();
          }, bodyMs);
          response.on('close', () => clearTimeout(enough));
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            text += piece;
            if (text.length < detailLength) return;
            end();
            response.destroy();
          });
          response.on('end', end);
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new Error('It answered by changing to another protocol.'));
      });
      // Whatever else ends without an answer must not be waited for.
      request.on('close', () => reject(new Error('The connection was closed without an answer.')));
      request.end(body);
    });
  } catch (error) {
    return { status: null, detail: problemOf(error, host, limitMs) };
  }
}

const tidy = (text: string) =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, detailLength);

function problemOf(error: unknown, host: string, limitMs: number): string {
  if (error instanceof Private) return error.message;
  if (!(error instanceof Error)) throw error;
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `No answer within ${limitMs / 1000} seconds.`;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `No address was found for ${host}.`;
  if (code === 'ECONNREFUSED') return `${host} refuses connections.`;
  return tidy(error.message || code);
}
