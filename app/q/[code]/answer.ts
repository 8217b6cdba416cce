import { pageResponse } from '@/components/public-page';
import { readCode, sampleCode } from '@/lib/codes/code';
import { codeUrl, readRef } from '@/lib/codes/code-links';
import { readCodePage } from '@/lib/codes/code-page';
import { type CodeOwner, unsafeOwnerOf } from '@/lib/codes/contact-codes';
import { noteMiss, secondsBlocked } from '@/lib/codes/guesses';
import type { ContactCode } from '@/lib/ids';
import { log } from '@/lib/log';
import { isPerson } from '../../visitor';
import { imageResponse } from './image';
import { blockedPage, codePage, failedPage, samplePage, unknownPage } from './pages';

/** A code that was asked for, perhaps for the sake of one campaign. */
export type Known = { code: ContactCode; ref: string | undefined; owner: CodeOwner };
type ToStaff = (request: Request, known: Known) => Promise<Response | undefined>;

/** The page of a code, or its image when the address ends in .png or .svg. `toStaff` may answer the page another way. */
export async function answer(request: Request, last: string, toStaff: ToStaff): Promise<Response> {
  const [, typed = '', kind] = /^(.*?)(?:\.(png|svg))?$/s.exec(last) ?? [];
  const address = request.headers.get('x-forwarded-for') ?? 'unknown';
  try {
    const wait = await secondsBlocked(address);
    if (wait > 0) return pageResponse(429, blockedPage(wait), { 'Retry-After': String(wait) });
    const code = readCode(typed);
    const ref = readRef(new URL(request.url).searchParams.get('c'));
    const owner = code && (await unsafeOwnerOf(code));
    if (code && (owner || code === sampleCode)) {
      if (kind) return imageResponse(kind === 'png' ? 'png' : 'svg', codeUrl(code, ref));
      if (!owner) return pageResponse(200, samplePage(codeUrl(code)));
      const known = { code, ref, owner };
      return (await toStaff(request, known)) ?? (await toOwner(request, known));
    }
    await noteMiss(address);
    return pageResponse(404, unknownPage());
  } catch (error) {
    log.error({ err: error }, 'the page of a code failed');
    return pageResponse(503, failedPage(), { 'Retry-After': '30' });
  }
}

async function toOwner(request: Request, { owner, code, ref }: Known): Promise<Response> {
  const page = await readCodePage(owner, { ref, opened: isPerson(request) });
  return page ? pageResponse(200, codePage(page, code, ref)) : pageResponse(404, unknownPage());
}
