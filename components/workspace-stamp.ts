'use client';

import { useEffect } from 'react';

let here: string | undefined;
let isStamping = false;

/**
 * Says with each server action for which workspace its page was drawn. A session has one workspace, and another tab may
 * have gone to another since: then nothing must be done there (lib/action.ts).
 */
export function useWorkspaceStamp(workspaceId: string): void {
  useEffect(() => {
    here = workspaceId;
    if (!isStamping) stamp();
    isStamping = true;
    return () => {
      here = undefined;
    };
  }, [workspaceId]);
}

/** Next.js sends actions by the page's own fetch, and has no place for headers of ours. */
function stamp(): void {
  const send = window.fetch;
  window.fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (here === undefined || !headers.has('next-action')) return send(input, init);
    headers.set('x-posthaste-workspace', here);
    return send(input, { ...init, headers });
  };
}
