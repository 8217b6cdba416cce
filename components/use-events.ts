'use client';

import { useEffect, useState } from 'react';

/** The newest value of a server-sent event stream, starting from what the server rendered. Null url: no stream. */
export function useEvents<Value>(url: string | null, initial: Value): Value {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    if (url === null) return;
    const source = new EventSource(url);
    source.onmessage = (event: MessageEvent<string>) => setValue(JSON.parse(event.data) as Value);
    source.addEventListener('end', () => source.close());
    return () => source.close();
  }, [url]);
  return value;
}
