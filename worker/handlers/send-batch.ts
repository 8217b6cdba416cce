import type { z } from 'zod';
import { mintSystemScope } from '@/lib/auth/scope';
import { runBatch } from '@/lib/deliveries/batch';
import type { sendBatch } from '@/lib/jobs/definitions';
import type { Handler } from '../handler';

export const handleSendBatch: Handler<z.infer<typeof sendBatch.payload>> = (payload, context) =>
  runBatch(context.engine, mintSystemScope(payload.workspaceId), payload, context);
