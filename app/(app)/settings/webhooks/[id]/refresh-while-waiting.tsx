'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const everyMs = 1500;
/** What does not get through soon is tried later: nobody waits for that in front of the page. */
const times = 8;

/** Shows what becomes of messages that wait, for a while. */
export function RefreshWhileWaiting({ waiting }: { waiting: boolean }) {
  const router = useRouter();
  useEffect(() => {
    if (!waiting) return;
    let left = times;
    const timer = setInterval(() => {
      if (left-- === 0) clearInterval(timer);
      else router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [waiting, router]);
  return null;
}
