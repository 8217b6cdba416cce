import { isOver } from '@/components/import-live';
import { authorizedStream } from '@/lib/action';
import { notFound, ok } from '@/lib/errors';
import { ImportId } from '@/lib/ids';
import { findImport } from '@/lib/imports/imports';
import { liveImport } from '../live-import';

/** How the import stands, whenever that changes, until it has ended. */
export const GET = authorizedStream('contacts:read', async (scope, params) => {
  const id = ImportId.safeParse(params.id);
  if (!id.success) return notFound('import');
  const first = await findImport(scope, id.data);
  if (!first.ok) return first;
  return ok({
    of: id.data,
    read: async (now) => {
      const found = await findImport(now, id.data);
      return found.ok ? liveImport(found.value) : undefined;
    },
    isLast: isOver,
  });
});
