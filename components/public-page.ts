import { createHash } from 'node:crypto';
import { html, type Markup } from './public-html';
import { publicStyle } from './public-style';

/** A page for whoever has its address, without a session and without scripts. */
export type PublicPage = {
  title: string;
  body: Markup;
  /** Its own rules, besides those of every such page. */
  style?: string;
};

function documentOf({ title, body }: PublicPage, css: string): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${{ markup: css }}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
  return markup;
}

/** Nobody keeps, indexes or frames it, it loads nothing, and the secret in its address does not leak. */
export function pageResponse(status: number, page: PublicPage, more: Record<string, string> = {}): Response {
  const css = publicStyle + (page.style ?? '');
  const hash = createHash('sha256').update(css).digest('base64');
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex, nofollow',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    ...more,
  };
  return new Response(documentOf(page, css), { status, headers });
}
