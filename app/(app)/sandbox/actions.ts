'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { clearInbox } from '@/lib/sandbox/inbox';

export const clearInboxAction = authorizedAction('settings:write', z.object({}), async (scope) => {
  const cleared = await clearInbox(scope);
  if (cleared.ok) redirect('/sandbox');
  return cleared;
});
