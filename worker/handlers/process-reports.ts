import type { z } from 'zod';
import { mintSystemScope } from '@/lib/auth/scope';
import { processAllReports } from '@/lib/deliveries/reports';
import type { processReports } from '@/lib/jobs/definitions';
import type { Handler } from '../handler';

export const handleProcessReports: Handler<z.infer<typeof processReports.payload>> = async ({
  workspaceId,
}) => {
  await processAllReports(mintSystemScope(workspaceId));
  return true;
};
