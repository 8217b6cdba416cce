import { randomFillSync } from 'node:crypto';
import { z } from 'zod';

/** As the database writes it: whoever asks in capitals means the same row, also where ids are compared here. */
const uuid = z.uuid().toLowerCase();

/** Branded ids: a contact's id cannot be handed to a function that wants a campaign's. */
export const WorkspaceId = uuid.brand<'WorkspaceId'>();
export type WorkspaceId = z.infer<typeof WorkspaceId>;
export const UserId = uuid.brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;
export const SessionId = uuid.brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;
export const ContactId = uuid.brand<'ContactId'>();
export type ContactId = z.infer<typeof ContactId>;
export const ListId = uuid.brand<'ListId'>();
export type ListId = z.infer<typeof ListId>;
export const ImportId = uuid.brand<'ImportId'>();
export type ImportId = z.infer<typeof ImportId>;
export const SenderId = uuid.brand<'SenderId'>();
export type SenderId = z.infer<typeof SenderId>;
export const CampaignId = uuid.brand<'CampaignId'>();
export type CampaignId = z.infer<typeof CampaignId>;
export const DeliveryId = uuid.brand<'DeliveryId'>();
export type DeliveryId = z.infer<typeof DeliveryId>;
export const ApiKeyId = uuid.brand<'ApiKeyId'>();
export type ApiKeyId = z.infer<typeof ApiKeyId>;
export const InvitationId = uuid.brand<'InvitationId'>();
export type InvitationId = z.infer<typeof InvitationId>;
export const SandboxMessageId = uuid.brand<'SandboxMessageId'>();
export type SandboxMessageId = z.infer<typeof SandboxMessageId>;
export const WebhookId = uuid.brand<'WebhookId'>();
export type WebhookId = z.infer<typeof WebhookId>;
export const WebhookMessageId = uuid.brand<'WebhookMessageId'>();
export type WebhookMessageId = z.infer<typeof WebhookMessageId>;
export const AlertId = uuid.brand<'AlertId'>();
export type AlertId = z.infer<typeof AlertId>;
/** A contact's personal code as it is kept: 12 characters of Crockford's base 32 (lib/codes/code.ts). */
export const ContactCode = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{12}$/)
  .brand<'ContactCode'>();
export type ContactCode = z.infer<typeof ContactCode>;
/** What stands behind /s/ in an address: 10 characters of the same alphabet (lib/codes/short-links.ts). */
export const ShortSlug = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{10}$/)
  .brand<'ShortSlug'>();
export type ShortSlug = z.infer<typeof ShortSlug>;

// Drawn in one go for many ids: asking the system for 16 bytes costs more than all the rest.
const pool = Buffer.alloc(4096);
let used = pool.length;

function random16(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.subarray(used - 16, used);
}

/** A UUIDv7 (RFC 9562 §5.7): sorts by the time of its making, to the millisecond. */
export function uuidv7(now = Date.now()): string {
  const hex = random16().toString('hex');
  const time = now.toString(16).padStart(12, '0');
  const variant = (8 + (Number.parseInt(hex.charAt(16), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** A new id of the kind whose schema is given: `newId(CampaignId)`. */
export function newId<Schema extends z.ZodType<string>>(schema: Schema): z.infer<Schema> {
  return schema.parse(uuidv7());
}
