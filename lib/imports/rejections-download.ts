import type { Scope } from '../auth/scope';
import { csvResponse } from '../csv';
import type { Import } from './imports';
import { rejectionsCsv } from './rejections';

/** The rows that made no contact, with the reason, as a file: streamed. */
export const rejectionsDownload = (scope: Scope, found: Import): Response =>
  csvResponse(`${found.fileName.replace(/\.[a-z]{1,4}$/i, '')}-rejected.csv`, rejectionsCsv(scope, found));
