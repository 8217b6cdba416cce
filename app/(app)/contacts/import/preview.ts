import type { ImportPreview } from '@/components/import-preview';
import type { Recognised } from '@/lib/imports/recognise';

const samples = 3;
const longest = 80;

/** What the page shows of a file: its columns with their first cells. */
export function previewOf({ settings, kind, rows }: Recognised): ImportPreview {
  const { encoding, delimiter, header, names, columns } = settings;
  const shown = rows.slice(0, samples);
  return {
    kind,
    encoding,
    delimiter,
    header,
    columns: names.map((name, i) => ({
      name,
      samples: shown.map((row) => (row[i] ?? '').slice(0, longest).toWellFormed()),
      column: columns[i] ?? 'ignore',
    })),
  };
}
