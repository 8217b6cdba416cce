import { z } from 'zod';
import { listAccesses, roles } from '../db/states';
import { ListId } from '../ids';
import { singleLine } from '../text';

const longestDays = 3650;

/** What a new API key is to be. */
export const NewApiKey = z
  .object({
    name: z
      .string()
      .overwrite(singleLine)
      .min(1, 'Give the key a name: what will use it.')
      .max(100, 'Use at most 100 characters.'),
    role: z.enum(roles),
    /** What a marketer's key may do with which lists. It sees no other. */
    grants: z
      .array(z.object({ listId: ListId, access: z.enum(listAccesses) }))
      .max(1000, 'Choose at most 1,000 lists.')
      .default([]),
    /** Null: until it is revoked. */
    expiresInDays: z
      .int('Enter whole days.')
      .min(1, 'Enter at least one day.')
      .max(longestDays, 'Enter at most 3,650 days: that is ten years.')
      .nullable()
      .default(null),
  })
  .refine(({ role, grants }) => role === 'marketer' || grants.length === 0, {
    path: ['grants'],
    message: 'Only a marketer’s key is given lists; other roles reach all of them.',
  })
  .refine(({ grants }) => new Set(grants.map(({ listId }) => listId)).size === grants.length, {
    path: ['grants'],
    message: 'Name each list once.',
  });
export type NewApiKey = z.output<typeof NewApiKey>;
