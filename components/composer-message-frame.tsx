'use client';

import { useMemo } from 'react';

type Props = { html: string; title: string; dark: boolean; className: string | undefined };

/** Mail programs choose the colours by the reader's scheme; a preview must show both, whatever the author's own is. */
function inScheme(html: string, dark: boolean): string {
  const mended = html.replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_, scheme: string) =>
    (scheme.toLowerCase() === 'dark') === dark ? '(min-width:0px)' : '(max-width:0px)',
  );
  // Links of a preview must not replace it.
  return mended.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`);
}

/** A message in a sandbox without any right: no scripts, no forms, no way to the page around it. */
export function MessageFrame({ html, title, dark, className }: Props) {
  const source = useMemo(() => inScheme(html, dark), [html, dark]);
  return (
    <iframe
      title={title}
      sandbox=""
      srcDoc={source}
      className={className}
      style={{ colorScheme: dark ? 'dark' : 'light', background: dark ? '#131417' : '#ffffff' }}
    />
  );
}
