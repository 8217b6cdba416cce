import { pageResponse } from '@/components/public-page';
import { sampleCode } from '@/lib/codes/code';
import { codeUrl } from '@/lib/codes/code-links';
import { noteMiss, secondsBlocked } from '@/lib/codes/guesses';
import { followShortLink, readSlug, sampleSlug } from '@/lib/codes/short-links';
import { log } from '@/lib/log';
import { blockedPage, failedPage, unknownPage } from '../../q/[code]/pages';
import { isPerson } from '../../visitor';

/*
 * Open to the world on purpose: whoever got a text message follows its links. GET changes nothing but the count of those who
 * did.
 */

type Context = { params: Promise<{ slug: string }> };

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const address = request.headers.get('x-forwarded-for') ?? 'unknown';
  try {
    const wait = await secondsBlocked(address);
    if (wait > 0) return pageResponse(429, blockedPage(wait), { 'Retry-After': String(wait) });
    const slug = readSlug((await params).slug);
    if (slug === sampleSlug) return to(codeUrl(sampleCode));
    const target = slug && (await followShortLink(slug, { clicked: isPerson(request) }));
    if (target) return to(target);
    await noteMiss(address);
    return pageResponse(404, unknownPage());
  } catch (error) {
    log.error({ err: error }, 'a short link failed');
    return pageResponse(503, failedPage(), { 'Retry-After': '30' });
  }
}

const to = (Location: string) =>
  new Response(null, {
    status: 302,
    headers: {
      Location,
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
      'Referrer-Policy': 'no-referrer',
    },
  });
