import { z } from 'zod';
import { channels, suppressionReasons } from '../db/states';
import { pageQuery, Time } from './shapes';

const channel = z.enum(channels);
const reason = z.enum(suppressionReasons);

export const SuppressionAnswer = z
  .object({ id: z.uuid(), channel, address: z.string(), reason, createdAt: Time })
  .meta({ id: 'Suppression' });

export const NewSuppression = z.strictObject({
  channel: channel.default('email'),
  address: z.string().max(320),
  reason: reason.default('manual'),
});

export const SuppressionQuery = z.strictObject({
  channel: channel.optional(),
  address: z.string().max(320).optional().describe('Only this one.'),
  ...pageQuery,
});
