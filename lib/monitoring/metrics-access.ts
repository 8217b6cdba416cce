import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Whether a request may read the figures of the whole installation: with the token, or, where none is set, from this very
 * machine, which our own server says of it (scripts/forwarded.ts).
 */
export function mayReadMetrics(headers: Headers, token: string | undefined): boolean {
  if (token === undefined) return headers.get('x-posthaste-local') === '1';
  const given = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}
