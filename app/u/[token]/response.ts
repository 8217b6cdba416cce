import { createHash } from 'node:crypto';
import { style } from './style';

const styleHash = createHash('sha256').update(style).digest('base64');

const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/** A page that nobody keeps, indexes or frames, and from which the secret in its address does not leak. */
export const pageResponse = (status: number, body: string, more: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { ...headers, ...more } });
