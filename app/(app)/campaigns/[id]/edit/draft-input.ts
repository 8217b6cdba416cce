import { z } from 'zod';
import { ContactId, ListId, SenderId } from '@/lib/ids';
import { CleanJson, cleanText } from '@/lib/text';

const longestBody = 1_000_000;
const body = cleanText().max(longestBody, 'It is longer than a million characters. Shorten it.');

const Content = z.discriminatedUnion('format', [
  z.object({ format: z.literal('visual'), document: CleanJson, html: body }),
  z.object({ format: z.literal('markdown'), body }),
  z.object({ format: z.literal('html'), body }),
]);

const Changes = z.object({
  name: cleanText()
    .trim()
    .min(1, 'Give it a name, so that you find it again.')
    .max(200, 'Use at most 200 characters.'),
  subject: cleanText().max(500, 'Use at most 500 characters.'),
  preheader: cleanText().max(500, 'Use at most 500 characters.'),
  content: Content,
  listIds: z.array(ListId).max(200),
  senderId: SenderId.nullable(),
});

/** What the composer saves: only what changed, and the revision it changed from. */
export const DraftSave = z.object({ revision: z.number().int().nonnegative(), changes: Changes.partial() });

/** What the composer wants to see: the message as it stands on the screen, for a reader. */
export const PreviewOrder = Changes.pick({
  subject: true,
  preheader: true,
  content: true,
  listIds: true,
}).extend({
  contactId: ContactId.nullable(),
});

export type Draft = z.infer<typeof Changes>;
export type DraftChanges = Partial<Draft>;
export type PreviewOrder = z.infer<typeof PreviewOrder>;
