import { z } from 'zod';

/** One figure, held against a limit or rival that was measured in the same run. */
const Measurement = z.object({
  name: z.string(),
  metric: z.string(),
  value: z.number(),
  limit: z.string(),
  ok: z.boolean(),
  details: z.record(z.string(), z.union([z.number(), z.string()])),
});
export type Measurement = z.infer<typeof Measurement>;
export const Measurements = z.array(Measurement);
