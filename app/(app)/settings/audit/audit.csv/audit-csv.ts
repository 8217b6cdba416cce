import { systemName, tellAction } from '@/components/audit-words';
import type { AuditEntry } from '@/lib/audit/entries';
import { byteOrderMark, csvLine } from '@/lib/csv';

const columns = [
  'time',
  'who',
  'kind',
  'id',
  'did',
  'target',
  'target id',
  'more',
  'from',
  'action',
  'detail',
];

/** The log for a spreadsheet, in pieces: what the page says, and beside it what a program reads. */
export async function* auditCsv(pages: AsyncIterable<AuditEntry[]>): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(columns);
  for await (const entries of pages) yield entries.map(lineOf).join('');
}

function lineOf({ at, who, action, target, address, detail }: AuditEntry): string {
  const { says, more } = tellAction(action, detail, 'UTC');
  const name = who.kind === 'system' ? systemName : who.name;
  const id = who.kind === 'system' ? '' : who.id;
  return csvLine([
    ...[at.toISOString(), name, who.kind, id],
    ...[says, target?.name ?? '', target?.id ?? '', more],
    ...[address ?? '', action, JSON.stringify(detail)],
  ]);
}
