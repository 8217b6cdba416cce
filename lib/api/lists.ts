import { z } from 'zod';
import { ContactId } from '../ids';
import { ListName } from '../lists/lists';

export const ListAnswer = z
  .object({ id: z.uuid(), name: z.string(), contactCount: z.int() })
  .meta({ id: 'List' });

export const NewList = z.strictObject({ name: ListName });

export const ListMembers = z.strictObject({
  contactIds: z.array(ContactId).min(1).max(10_000).describe('Contacts that exist; others are passed over.'),
});
