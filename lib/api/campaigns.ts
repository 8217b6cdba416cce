import { z } from 'zod';
import type { Campaign } from '../campaigns/campaigns';
import type { DraftChanges } from '../campaigns/draft';
import { CampaignBody, CampaignLine, CampaignName, OfferText, OfferUntil } from '../campaigns/draft-fields';
import type { CampaignContent } from '../db/schema/campaigns';
import { type Channel, campaignStatuses, channels, deliveryStates } from '../db/states';
import { CampaignId, ContactId, ListId, SenderId } from '../ids';
import { textToHtml } from '../messages/text-body';
import { LimitsInput } from '../senders/limits';
import { pageQuery, Time } from './shapes';

export const oneCampaign = z.object({ id: CampaignId });

const Content = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('html'), body: CampaignBody }),
  z.strictObject({ format: z.literal('markdown'), body: CampaignBody }),
  z.strictObject({ format: z.literal('text'), body: CampaignBody }),
]);

const Throttle = z.strictObject(LimitsInput.partial().shape);

const fields = {
  subject: CampaignLine.optional().describe('Of e-mails alone, as the preheader.'),
  preheader: CampaignLine.optional(),
  content: Content.optional().describe(
    'With merge tags in Liquid. A text message is text; in an e-mail, text is kept as the HTML that shows it.',
  ),
  offerText: OfferText.optional().describe(
    'What the page behind each recipient’s QR code offers, in plain text.',
  ),
  offerUntil: OfferUntil.optional().describe('The last day of the offer, on the workspace’s calendar.'),
  senderId: SenderId.nullable().optional().describe('Without one: the default sender of the workspace.'),
  throttle: Throttle.optional().describe('The most messages, besides the limits of the sender.'),
};

export const NewCampaign = z.strictObject({
  name: CampaignName,
  channel: z.enum(channels).default('email'),
  ...fields,
  listIds: z.array(ListId).max(200).default([]),
});

export const CampaignChanges = z.strictObject({
  name: CampaignName.optional(),
  ...fields,
  listIds: z.array(ListId).max(200).optional(),
  revision: z
    .int()
    .nonnegative()
    .optional()
    .describe('The one that you have seen: nothing is changed when it is no longer the newest.'),
});

type Changes = Omit<z.output<typeof CampaignChanges>, 'revision'>;

export const draftChanges = (channel: Channel, { content, throttle, ...rest }: Changes): DraftChanges => ({
  ...rest,
  content: content && contentOf(channel, content),
  limits: throttle,
});

function contentOf(channel: Channel, { format, body }: z.output<typeof Content>): CampaignContent {
  return format === 'text' && channel === 'email'
    ? { format: 'html', body: textToHtml(body) }
    : { format, body };
}

const status = z.enum(campaignStatuses);
const most = z.int().nullable();

const facts = {
  id: z.uuid(),
  name: z.string(),
  channel: z.enum(channels),
  status,
  subject: z.string(),
};
const moments = {
  scheduledAt: Time.nullable(),
  held: z.boolean().describe('Its time came, and it waits for a person; "problem" says why.'),
  problem: z.string().nullable().describe('Why it stands still, for a person.'),
  createdAt: Time,
  updatedAt: Time,
  startedAt: Time.nullable(),
  completedAt: Time.nullable(),
};

export const CampaignAnswer = z
  .object({
    ...facts,
    preheader: z.string(),
    content: z.object({ format: z.enum(['html', 'markdown', 'visual', 'text']), body: z.string() }),
    offerText: z.string().describe('Empty: it offers nothing.'),
    offerUntil: z.string().nullable(),
    senderId: z.uuid().nullable(),
    listIds: z.array(z.uuid()),
    throttle: z.object({ perSecond: most, perMinute: most, perHour: most, perDay: most }),
    revision: z.int(),
    ...moments,
  })
  .meta({ id: 'Campaign' });

export const campaignAnswer = (campaign: Campaign): z.output<typeof CampaignAnswer> => {
  const { content, limits } = campaign;
  const body = content.format === 'visual' ? content.html : content.body;
  return { ...campaign, content: { format: content.format, body }, throttle: limits };
};

/** Of a page of them: without the content. */
export const CampaignRowAnswer = z.object({ ...facts, ...moments }).meta({ id: 'CampaignRow' });

export const CampaignQuery = z.strictObject({ status: status.optional(), ...pageQuery });

/** Whatever changes only the status. */
export const StatusAnswer = z.object({ id: z.uuid(), status }).meta({ id: 'CampaignStatus' });

const perWindow = z.int().min(1).max(1_000_000);

export const SendInput = z.strictObject({
  campaignId: z.string().optional().describe('The one of the address, if at all.'),
  sendAt: z
    .union([z.literal('immediate'), z.iso.datetime({ offset: true })], {
      error: 'Say "immediate", or a moment like 2030-01-31T09:00:00Z.',
    })
    .describe('"immediate", or a moment like 2030-01-31T09:00:00Z.'),
  throttle: z
    .strictObject({ emailsPerMinute: perWindow.optional(), emailsPerHour: perWindow.optional() })
    .optional()
    .describe('Kept with the campaign as "throttle.perMinute" and "perHour".'),
});

export const TestInput = z.strictObject({
  to: z
    .array(z.string().trim().min(3).max(320))
    .min(1)
    .max(10)
    .describe('E-mail addresses, or phone numbers in E.164.'),
  contactId: ContactId.optional().describe('Whose values stand in it; else any contact of its lists.'),
});

export const TestAnswer = z.object({
  results: z.array(z.object({ to: z.string(), ok: z.boolean(), message: z.string() })),
});

const n = z.int();

export const StatsAnswer = z
  .object({
    status,
    planned: n.describe(
      'queued + sending + retrying + sent + failed + skipped + unconfirmed + cancelled, always',
    ),
    ...{ queued: n, sending: n, retrying: n, sent: n, failed: n, skipped: n, unconfirmed: n, cancelled: n },
    ...{ delivered: n, deferred: n, bounced: n, complained: n, opened: n, clicked: n, unsubscribed: n },
    ...{ codeOpened: n, codeScanned: n, redeemed: n },
    ratePerMinute: n.describe(
      'Over the last 15 seconds, or as far back as its limits keep four messages apart.',
    ),
    startedAt: Time.nullable(),
    completedAt: Time.nullable(),
  })
  .meta({ id: 'CampaignStats' });

const state = z.enum(deliveryStates);

export const DeliveryQuery = z.strictObject({ state: state.optional(), ...pageQuery });

export const DeliveryAnswer = z
  .object({
    id: z.uuid().describe('Stands in an e-mail’s X-Posthaste-Delivery and Message-ID.'),
    contactId: z.uuid().nullable().describe('Null once the contact was erased.'),
    address: z.string().nullable(),
    state,
    reason: z.string().nullable().describe('Why it was skipped, or did not get through.'),
    attempts: n,
    providerMessageId: z.string().nullable(),
    sentAt: Time.nullable(),
    deliveredAt: Time.nullable(),
    deferredAt: Time.nullable().describe('When it was first put off; whoever has it goes on trying.'),
    bouncedAt: Time.nullable(),
    complainedAt: Time.nullable(),
    openedAt: Time.nullable(),
    clickedAt: Time.nullable(),
    unsubscribedAt: Time.nullable(),
    codeOpenedAt: Time.nullable().describe('When the page of its code first showed this campaign’s offer.'),
    codeScannedAt: Time.nullable().describe('When staff first looked the code up for this campaign.'),
    redeemedAt: Time.nullable(),
  })
  .meta({ id: 'Delivery' });
