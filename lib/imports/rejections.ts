import { and, asc, eq, gt, ne } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { byteOrderMark, csvLine } from '../csv';
import { importRejections } from '../db/schema/imports';
import { inScope } from '../db/scoped';
import type { ImportId } from '../ids';
import type { Import } from './imports';
import { rejectionColumns, rejectionSentence } from './reasons';

export type RejectedRow = { row: number; reason: string; values: string[] };

/** What a spreadsheet calls the first row of people: the header counts there. */
export const firstRowOf = ({ settings }: Pick<Import, 'settings'>): number => (settings?.header ? 2 : 1);

/** Rows of an import that made no contact, behind row `after`, in the order of the file. */
export function listRejections(
  scope: Scope,
  importId: ImportId,
  { after = 0, limit, kind }: { after?: number; limit: number; kind?: 'duplicate' | 'invalid' },
): Promise<RejectedRow[]> {
  const ofKind = {
    duplicate: eq(importRejections.reason, 'duplicate'),
    invalid: ne(importRejections.reason, 'duplicate'),
  };
  return inScope(scope, (tx) =>
    tx
      .select({ row: importRejections.row, reason: importRejections.reason, values: importRejections.values })
      .from(importRejections)
      .where(
        and(
          eq(importRejections.workspaceId, scope.workspaceId),
          eq(importRejections.importId, importId),
          gt(importRejections.row, after),
          kind && ofKind[kind],
        ),
      )
      .orderBy(asc(importRejections.row))
      .limit(limit),
  );
}

/**
 * The rejected rows as CSV, in pieces: their row number as a spreadsheet has it, why, and the cells as they were in the file under the file's
 * own column names and with its delimiter, to be mended and imported again. UTF-8 with a mark, which spreadsheets need.
 */
export async function* rejectionsCsv(scope: Scope, found: Import): AsyncGenerator<string> {
  const { names = [], delimiter = ',' } = found.settings ?? {};
  const line = (cells: string[]) => csvLine(cells, delimiter);
  yield byteOrderMark + line([...rejectionColumns, ...names]);
  for (let after = 0; ; ) {
    const rows = await listRejections(scope, found.id, { after, limit: 1000 });
    if (rows.length === 0) return;
    yield rows
      .map(({ row, reason, values }) =>
        line([
          String(row + firstRowOf(found) - 1),
          reason === 'duplicate' ? 'duplicate' : 'invalid',
          rejectionSentence(reason),
          ...values,
        ]),
      )
      .join('');
    after = rows.at(-1)?.row ?? after;
  }
}
