import type { LiveImport } from '@/components/import-live';
import type { Import } from '@/lib/imports/imports';

export function liveImport(found: Import): LiveImport {
  const { status, waiting, bytes, bytesRead, rows, created, updated, duplicates, invalid, problem } = found;
  const until = found.finishedAt ?? new Date();
  return {
    ...{ status, waiting, bytes, bytesRead, rows, created, updated, duplicates, invalid, problem },
    startedAt: found.startedAt?.toISOString() ?? null,
    finishedAt: found.finishedAt?.toISOString() ?? null,
    // Whole seconds, so that a waiting import does not look changed all the time.
    elapsedSeconds: found.startedAt ? Math.floor((until.getTime() - found.startedAt.getTime()) / 1000) : 0,
  };
}
