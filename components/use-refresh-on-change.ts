'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';

/** Reads what the server has rendered anew, once, when the value turns into another one. */
export function useRefreshOnChange(value: boolean | string): void {
  const router = useRouter();
  const seen = useRef(value);
  useEffect(() => {
    if (seen.current === value) return;
    seen.current = value;
    router.refresh();
  }, [value, router]);
}
