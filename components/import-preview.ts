import type { ImportColumn, ImportSettings } from '@/lib/db/schema/imports';
import type { kindLabels } from './import-words';

/** The beginning of an uploaded file, as it was understood. */
export type ImportPreview = Pick<ImportSettings, 'encoding' | 'delimiter' | 'header'> & {
  kind: keyof typeof kindLabels;
  columns: { name: string; samples: string[]; column: ImportColumn }[];
};
