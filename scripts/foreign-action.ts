import type { IncomingMessage } from 'node:http';
import { isOwnOrigin } from '@/lib/auth/origin';

/** What a plain form of another site can post without asking anybody. */
const form = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i;
/** Links of messages, to which mailbox providers post, and routes that check by themselves (lib/action.ts, next-auth). */
const elsewhere = /^\/(?:u|api)\//;

/**
 * Whether a request would run a server action and is not known to come from a page of ours. Next.js lets one pass that
 * names no origin, and answers a foreign one with an error of the server.
 */
export function isForeignAction({ method, url = '', headers }: IncomingMessage): boolean {
  if (method !== 'POST') return false;
  const isForm = form.test(headers['content-type'] ?? '') && !elsewhere.test(url);
  if (headers['next-action'] === undefined && !isForm) return false;
  const { origin = '', host = '' } = headers;
  return !isOwnOrigin(new Headers({ origin, host }));
}
