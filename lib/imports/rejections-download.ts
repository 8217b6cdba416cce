import type { Scope } from '../auth/scope';
import { csvResponse } from '../csv';
import type { Import } from './imports';
import { rejectionsCsv } from './rejections';

/** The rows that made no contact, with the reason, as a file: streamed. */
export function rejectionsDownload(scope: Scope, found: Import): Response {
  const name = `${found.fileName.replace(/\.[a-z]{1,4}$/i, '')}-rejected.csv`;
  return csvResponse(name, rejectionsCsv(scope, found));
}
