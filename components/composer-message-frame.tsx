'use client';

import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';

type Props = { html: string; title: string; dark: boolean; width: number; className: string | undefined };

/** Mail programs choose the colours by the reader's scheme; a preview must show both, whatever the author's own is. */
function inScheme(html: string, dark: boolean): string {
  const mended = html.replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_, scheme: string) =>
    (scheme.toLowerCase() === 'dark') === dark ? '(min-width:0px)' : '(max-width:0px)',
  );
  // Links of a preview must not replace it.
  return mended.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`);
}

/**
 * A message in a sandbox without any right: no scripts, no forms, no way to the page around it. It gets `width` pixels,
 * and is shown smaller where there are fewer.
 */
export function MessageFrame({ html, title, dark, width, className }: Props) {
  const source = useMemo(() => inScheme(html, dark), [html, dark]);
  const { ref, width: room, height } = useElementSize();
  const scale = room === 0 ? 1 : Math.min(1, room / width);
  return (
    <div ref={ref} className={className} style={{ background: dark ? '#131417' : '#ffffff' }}>
      <iframe
        title={title}
        sandbox=""
        srcDoc={source}
        style={{
          display: 'block',
          border: 0,
          width: room === 0 ? '100%' : room / scale,
          height: height / scale,
          transform: `scale(${scale})`,
          transformOrigin: '0 0',
          colorScheme: dark ? 'dark' : 'light',
        }}
      />
    </div>
  );
}
