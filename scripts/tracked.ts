import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from '@/components/public-html';
import { pageResponse } from '@/components/public-page';
import { log } from '@/lib/log';
import { answerTracked } from '@/lib/tracking/answer';

/*
 * The links and pixels of messages, answered before Next.js hears of them: they come by the thousand when a campaign goes out.
 * Open to the world on purpose: the signature in the address is the only key, and opening one changes nothing but counts.
 */

export const isTracked = (url: string | undefined): boolean => url?.startsWith('/t/') === true;

const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Nobody keeps or indexes it: each look is one look. */
const headers = {
  'Cache-Control': 'no-store, private',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex, nofollow',
};

const unknownPage = {
  title: 'Link not found',
  body: html`<h1>This link does not work</h1><p>Open it again from the message, or copy it as a whole.</p>`,
};
const failedPage = {
  title: 'Try again',
  body: html`<h1>That did not work just now</h1><p>Please open the link again in a minute.</p>`,
};

const textOf = (header: string | string[] | undefined): string => String(header ?? '');

export async function serveTracked(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', headers: asked } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { ...headers, Allow: 'GET, HEAD' }).end();
    return;
  }
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  try {
    const answer = await answerTracked(path, {
      method,
      agent: textOf(asked['user-agent']),
      purpose: `${textOf(asked['sec-purpose'])} ${textOf(asked.purpose)} ${textOf(asked['x-moz'])}`,
    });
    if (answer === 'unknown') return await sendPage(response, pageResponse(404, unknownPage));
    if (answer === 'pixel') {
      const about = { 'Content-Type': 'image/gif', 'Content-Length': pixel.length };
      response.writeHead(200, { ...headers, ...about }).end(method === 'HEAD' ? undefined : pixel);
      return;
    }
    response.writeHead(302, { ...headers, Location: answer.to, 'Content-Length': 0 }).end();
  } catch (error) {
    log.error({ err: error }, 'a link of a message could not be answered');
    await sendPage(response, pageResponse(503, failedPage, { 'Retry-After': '5' }));
  }
}

async function sendPage(response: ServerResponse, page: Response): Promise<void> {
  response.writeHead(page.status, Object.fromEntries(page.headers)).end(await page.text());
}
