'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { ContactId, ListId } from '@/lib/ids';
import { addToList, pasteToList, removeFromList } from '@/lib/lists/list-members';
import { archiveList, createList, ListName, renameList, restoreList } from '@/lib/lists/lists';

const OneList = z.object({ id: ListId });
const Members = z.object({ id: ListId, contactIds: z.array(ContactId).min(1).max(2000) });

export const createListAction = authorizedAction(
  'contacts:write',
  z.object({ name: ListName }),
  async (scope, input) => {
    const made = await createList(scope, input);
    if (made.ok) refresh();
    return made;
  },
);

export const renameListAction = authorizedAction(
  'contacts:write',
  z.object({ id: ListId, name: ListName }),
  async (scope, { id, name }) => {
    const renamed = await renameList(scope, id, { name });
    if (renamed.ok) refresh();
    return renamed;
  },
);

export const archiveListAction = authorizedAction('contacts:write', OneList, async (scope, { id }) => {
  const archived = await archiveList(scope, id);
  if (archived.ok) refresh();
  return archived;
});

export const restoreListAction = authorizedAction('contacts:write', OneList, async (scope, { id }) => {
  const restored = await restoreList(scope, id);
  if (restored.ok) refresh();
  return restored;
});

export const addToListAction = authorizedAction(
  'contacts:write',
  Members,
  async (scope, { id, contactIds }) => {
    const added = await addToList(scope, id, contactIds);
    if (added.ok) refresh();
    return added;
  },
);

export const removeFromListAction = authorizedAction(
  'contacts:write',
  Members,
  async (scope, { id, contactIds }) => {
    const removed = await removeFromList(scope, id, contactIds);
    if (removed.ok) refresh();
    return removed;
  },
);

export const pasteToListAction = authorizedAction(
  'contacts:write',
  z.object({ id: ListId, text: z.string().max(400_000, 'This is too much at once. Import it from a file.') }),
  async (scope, { id, text }) => {
    const pasted = await pasteToList(scope, id, text);
    if (pasted.ok) refresh();
    return pasted;
  },
);
