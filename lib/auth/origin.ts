import { env } from '../env';

/**
 * Whether a request comes from a page of ours: its Origin is the host that was asked, or the one of APP_URL, which a
 * browser names also when a proxy passes another Host on. A request that names no origin is none of ours.
 */
export function isOwnOrigin(headers: Headers): boolean {
  const origin = headers.get('origin');
  if (!origin || !URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host !== '' && (host === headers.get('host') || host === new URL(env().APP_URL).host);
}
