import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

type Options = { https: boolean; dev: boolean };

/** Addresses that are keys: whoever has one may act with it, so it must not travel on in a Referer or stand in a frame. */
const isKey = (path: string) => /^\/(?:u|q|join|reset)\//.test(path);

/** Routes that answer with a policy of their own, which allows less: unsubscribe pages, pages of codes and pictures. */
const hasOwnPolicy = (path: string) => /^\/(?:[uq]\/[^/?]+|i\/[^/?]+\/[^/?]+)(?:\?|$)/.test(path);

/**
 * What browsers are told with every answer. Next.js takes the nonce for its own scripts from the request's policy, as it
 * would from a middleware; one that a client sends is overwritten.
 */
export function setSecurityHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  { https, dev }: Options,
): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = contentSecurityPolicy(nonce, dev);
  request.headers['content-security-policy'] = policy;
  request.headers['x-nonce'] = nonce;
  const secret = isKey(request.url ?? '');
  // Next.js keeps what is set already, so that a route could not set its own.
  if (!hasOwnPolicy(request.url ?? '')) response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', secret ? 'no-referrer' : 'strict-origin-when-cross-origin');
  response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  if (secret) response.setHeader('X-Robots-Tag', 'noindex, nofollow');
  if (https) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
}

/** W3C Content Security Policy Level 3. */
function contentSecurityPolicy(nonce: string, dev: boolean): string {
  // React's development build evaluates text to show where an error came from, and reloads over a socket.
  const [evaluation, socket] = dev ? [" 'unsafe-eval'", ' ws:'] : ['', ''];
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${evaluation}`,
    // Components and messages carry style attributes, which no nonce can allow.
    "style-src 'self' 'unsafe-inline'",
    // A message in a preview, whose frame has this policy too, shows pictures and letters from wherever its author has them.
    "img-src 'self' data: blob: http: https:",
    "font-src 'self' data: http: https:",
    `connect-src 'self'${socket}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
