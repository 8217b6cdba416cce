import { calendarDay } from '@/components/offer-words';
import { html, type Markup } from '@/components/public-html';
import type { PublicPage } from '@/components/public-page';
import { sampleCode, showCode } from '@/lib/codes/code';
import { codeUrl } from '@/lib/codes/code-links';
import type { CodePage } from '@/lib/codes/code-page';
import { qrSvg } from '@/lib/codes/qr-image';
import type { ContactCode } from '@/lib/ids';
import { style } from './style';

/** The image, and the letters for whoever types. */
const figure = (code: ContactCode, url: string): Markup => html`<figure>
${{ markup: qrSvg(url, 'QR code') }}
<figcaption><span class="label">Code</span> <strong class="code">${showCode(code)}</strong></figcaption>
</figure>`;

/** The code, and what it is good for. */
export function codePage(page: CodePage, code: ContactCode, ref: string | undefined): PublicPage {
  const { workspaceName, firstName, offer } = page;
  const image = codeUrl(code, ref).replace(code, `${code}.png`);
  const next = encodeURIComponent(`/codes/${code}${ref ? `?c=${ref}` : ''}`);
  return {
    title: `Your code from ${workspaceName}`,
    style,
    body: html`<p class="from">${workspaceName}</p>
<h1>${firstName === '' ? 'Your code' : `Your code, ${firstName}`}</h1>
${offer && offerOf(offer)}
${figure(code, codeUrl(code, ref))}
<p class="note">Show this to the staff. They scan it, or type the code.</p>
<p class="links"><a href="${image}" download="code-${code}.png">Save the image</a> <a href="/sign-in?next=${next}">For staff</a></p>`,
  };
}

function offerOf({ text, until, ended, redeemed }: NonNullable<CodePage['offer']>): Markup {
  const end = until === null ? null : calendarDay(until);
  const state = redeemed
    ? html`<p class="state over">Redeemed</p>`
    : ended
      ? html`<p class="state over">Ended on ${end}</p>`
      : end && html`<p class="state">Valid until ${end}</p>`;
  return html`<p class="offer">${text}</p>
${state}`;
}

export const samplePage = (url: string): PublicPage => ({
  title: 'Example code',
  style,
  body: html`<h1>This is an example</h1>
<p>It is from a test message or a preview. In the real message, each recipient finds their own code here.</p>
${figure(sampleCode, url)}`,
});

/** The same for what never was a code and for one whose owner was erased. */
export const unknownPage = (): PublicPage => ({
  title: 'Code not found',
  body: html`<h1>There is no such code</h1>
<p>Open it again from the message, or compare what you typed with it.</p>`,
});

export function blockedPage(seconds: number): PublicPage {
  const minutes = Math.ceil(seconds / 60);
  return {
    title: 'Try again later',
    body: html`<h1>Too many wrong codes</h1>
<p>Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.</p>`,
  };
}

export const failedPage = (): PublicPage => ({
  title: 'Try again',
  body: html`<h1>That did not work just now</h1>
<p>Please open the page again in a minute.</p>`,
});
