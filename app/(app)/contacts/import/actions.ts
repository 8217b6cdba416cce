'use server';

import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { ok } from '@/lib/errors';
import { ImportId } from '@/lib/ids';
import { delimiters } from '@/lib/imports/csv-reader';
import { encodings } from '@/lib/imports/encoding';
import { cancelImport, previewImport } from '@/lib/imports/imports';
import { ImportChoices, startImport } from '@/lib/imports/start-import';
import { previewOf } from './preview';

const Look = z.object({
  id: ImportId,
  encoding: z.enum(encodings),
  delimiter: z.enum(delimiters).optional(),
  header: z.boolean().optional(),
});

export const previewImportAction = authorizedAction(
  'contacts:write',
  Look,
  async (scope, { id, ...choice }) => {
    const preview = await previewImport(scope, id, choice);
    return preview.ok ? ok(previewOf(preview.value)) : preview;
  },
);

export const startImportAction = authorizedAction(
  'contacts:write',
  ImportChoices.extend({ id: ImportId }),
  (scope, { id, ...choices }) => startImport(scope, id, choices),
);

export const cancelImportAction = authorizedAction(
  'contacts:write',
  z.object({ id: ImportId }),
  (scope, { id }) => cancelImport(scope, id),
);
