import { isOver } from '@/components/import-live';
import { authorizedRoute } from '@/lib/action';
import { notFound } from '@/lib/errors';
import { eventStream } from '@/lib/event-stream';
import { ImportId } from '@/lib/ids';
import { findImport } from '@/lib/imports/imports';
import { liveImport } from '../live-import';

/** How the import stands, whenever that changes, until it has ended. */
export const GET = authorizedRoute('contacts:read', async (scope, request, params) => {
  const id = ImportId.safeParse(params.id);
  if (!id.success) return notFound('import');
  const first = await findImport(scope, id.data);
  if (!first.ok) return first;
  const read = async () => {
    const found = await findImport(scope, id.data);
    return found.ok ? liveImport(found.value) : undefined;
  };
  return eventStream(request, read, { everyMs: 500, isLast: isOver });
});
