'use client';

import { useEffect, useState } from 'react';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/**
 * The newest value of a server-sent event stream, starting from what the server rendered. Null url: no stream. A browser
 * comes back by itself when a stream breaks off, but not when it is refused, as a proxy does while the server restarts.
 */
export function useEvents<Value>(url: string | null, initial: Value): Value {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    if (url === null) return;
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pauseMs = firstPauseMs;
    function open(address: string): void {
      source = new EventSource(address);
      source.onmessage = (event: MessageEvent<string>) => {
        pauseMs = firstPauseMs;
        setValue(JSON.parse(event.data) as Value);
      };
      source.addEventListener('end', () => source.close());
      source.onerror = () => {
        if (source.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(() => open(address), pauseMs);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      };
    }
    open(url);
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [url]);
  return value;
}
