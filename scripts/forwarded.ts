import type { IncomingMessage } from 'node:http';

const longestPath = 300;

/**
 * What a client says of itself in forwarding headers is not believed: the address is the connection's own. The host
 * that a proxy in front names is taken when it is the one that we are configured to have. The path is handed on besides,
 * for the audit log: a page and a server action do not learn it otherwise.
 */
export function setForwarded(request: IncomingMessage, appUrl: string): void {
  const { headers } = request;
  const own = new URL(appUrl);
  const isOwn = headers['x-forwarded-host'] === own.host || headers.host === own.host;
  for (const name of Object.keys(headers))
    if (name === 'forwarded' || name.startsWith('x-forwarded-')) delete headers[name];
  headers['x-forwarded-for'] = request.socket.remoteAddress ?? 'unknown';
  headers['x-posthaste-path'] = request.url?.split('?', 1)[0]?.slice(0, longestPath) ?? '/';
  if (!isOwn) return;
  headers['x-forwarded-host'] = own.host;
  headers['x-forwarded-proto'] = own.protocol.slice(0, -1);
}
