'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { unsuppress } from '@/lib/suppressions/suppressions';
import { cleanText } from '@/lib/text';

export const unsuppressAction = authorizedAction(
  'settings:write',
  z.object({
    id: z.uuid(),
    note: cleanText().min(1, 'Say why: the next person who asks finds it in the audit log.').max(200),
  }),
  async (scope, { id, note }) => {
    const removed = await unsuppress(scope, id, note);
    if (removed.ok) refresh();
    return removed;
  },
);
