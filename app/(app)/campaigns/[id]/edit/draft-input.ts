import { z } from 'zod';
import {
  CampaignBody,
  CampaignLine,
  CampaignName,
  OfferText,
  OfferUntil,
} from '@/lib/campaigns/draft-fields';
import { ContactId, ListId, SenderId } from '@/lib/ids';
import { CleanJson } from '@/lib/text';

const Content = z.discriminatedUnion('format', [
  z.object({ format: z.literal('visual'), document: CleanJson, html: CampaignBody }),
  z.object({ format: z.literal('markdown'), body: CampaignBody }),
  z.object({ format: z.literal('html'), body: CampaignBody }),
  z.object({ format: z.literal('text'), body: CampaignBody }),
]);

const Changes = z.object({
  name: CampaignName,
  subject: CampaignLine,
  preheader: CampaignLine,
  content: Content,
  offerText: OfferText,
  offerUntil: OfferUntil,
  listIds: z.array(ListId).max(200),
  senderId: SenderId.nullable(),
});

/** What the composer saves: only what changed, and the revision it changed from. */
export const DraftSave = z.object({ revision: z.number().int().nonnegative(), changes: Changes.partial() });

/** The same of a text message. */
export const TextOrder = z.object({
  body: CampaignBody,
  listIds: z.array(ListId).max(200),
  contactId: ContactId.nullable(),
});
export type TextOrder = z.infer<typeof TextOrder>;

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
