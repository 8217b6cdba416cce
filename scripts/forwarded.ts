import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

const longestPath = 300;

/** The proxies in front whose word is taken, from addresses and networks like "127.0.0.1" and "10.0.0.0/8". */
export function trustedProxies(trusted: string[]): BlockList {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(prefix), family);
  }
  return proxies;
}

/**
 * What a client says of itself in forwarding headers is not believed: the address is the connection's own, or what a
 * trusted proxy saw. The host that a proxy in front names is taken when it is the one that we are configured to have. The
 * path is handed on besides, for the audit log: a page and a server action do not learn it otherwise; and whether it comes from
 * a program on this very machine.
 */
export function setForwarded(request: IncomingMessage, appUrl: string, proxies: BlockList): void {
  const { headers } = request;
  const own = new URL(appUrl);
  const isOwn = headers['x-forwarded-host'] === own.host || headers.host === own.host;
  const client = clientOf(request, proxies);
  const isLocal = isFromHere(request);
  for (const name of Object.keys(headers))
    if (name === 'forwarded' || name.startsWith('x-forwarded-')) delete headers[name];
  headers['x-forwarded-for'] = client;
  delete headers['x-posthaste-local'];
  if (isLocal) headers['x-posthaste-local'] = '1';
  headers['x-posthaste-path'] = request.url?.split('?', 1)[0]?.slice(0, longestPath) ?? '/';
  if (!isOwn) return;
  headers['x-forwarded-host'] = own.host;
  headers['x-forwarded-proto'] = own.protocol.slice(0, -1);
}

/**
 * Whether no proxy brings it from elsewhere: one on this machine connects from here as well, but names whom it asks for, by one of
 * the headers of proxies, or the host that its client called, as it must (docs/operate.md).
 */
function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const names = Object.keys(headers);
  const isPassedOn = names.some(
    (name) => ['forwarded', 'via', 'x-real-ip'].includes(name) || name.startsWith('x-forwarded-'),
  );
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const isOurs = host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
  return !isPassedOn && isOurs && /^(?:127\.|::1$)/.test(plain(socket.remoteAddress ?? ''));
}

/**
 * The address from which somebody asks. Each proxy appends whom it saw to X-Forwarded-For, so it is read from its end, as
 * long as the one who said it is trusted; what stands before that, anybody may have written.
 */
function clientOf({ socket, headers }: IncomingMessage, proxies: BlockList): string {
  const said = String(headers['x-forwarded-for'] ?? '').split(',');
  let client = plain(socket.remoteAddress ?? 'unknown');
  while (isIn(proxies, client)) {
    const before = plain(said.pop()?.trim() ?? '');
    if (!isAddress(before)) break;
    client = before;
  }
  return client;
}

/** An IPv4 address that comes over an IPv6 socket is the same address. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
const isAddress = (text: string) => isIP(text) !== 0;
const isIn = (proxies: BlockList, address: string) =>
  isAddress(address) && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
