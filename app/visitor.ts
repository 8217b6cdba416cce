/**
 * Whether a person looks, as far as one can tell: not a browser that fetches ahead, a program that makes a preview of a link,
 * or one that looks for malware and says so.
 */
export function isPerson({ method, headers }: Request): boolean {
  const ahead = `${headers.get('sec-purpose') ?? ''} ${headers.get('purpose') ?? ''}`;
  const agent = headers.get('user-agent') ?? '';
  return (
    method === 'GET' &&
    !ahead.includes('prefetch') &&
    agent.startsWith('Mozilla/') &&
    !/bot|crawl|spider|preview|scan|facebookexternalhit|whatsapp/i.test(agent)
  );
}
