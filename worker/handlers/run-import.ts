import type { z } from 'zod';
import { mintSystemScope } from '@/lib/auth/scope';
import { continueImport } from '@/lib/imports/run-import';
import type { runImport } from '@/lib/jobs/definitions';
import type { Handler } from '../handler';

export const handleRunImport: Handler<z.infer<typeof runImport.payload>> = (payload, { stop }) =>
  continueImport(mintSystemScope(payload.workspaceId), payload.importId, stop);
