'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { loadSampleData, removeSampleData } from '@/lib/workspaces/sample-data';

export const loadSampleDataAction = authorizedAction('settings:write', z.object({}), async (scope) => {
  const loaded = await loadSampleData(scope);
  if (loaded.ok) refresh();
  return loaded;
});

export const removeSampleDataAction = authorizedAction('settings:write', z.object({}), async (scope) => {
  const removed = await removeSampleData(scope);
  if (removed.ok) refresh();
  return removed;
});
