import { and, eq, isNotNull } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { sampleCode } from '../codes/code';
import { codeLinks } from '../codes/code-links';
import { sampleSlug, shortUrl } from '../codes/short-links';
import { campaignLists, campaigns } from '../db/schema/campaigns';
import { contacts, listContacts } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel } from '../db/states';
import { unsubscribeUrl } from '../deliveries/unsubscribe-token';
import { notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { type MessageContact, mergeValuesOf } from '../messages/merge-values';
import { prepareMessage } from '../messages/prepare';
import { measureText, type TextSize } from '../messages/segments';
import { prepareText } from '../messages/text-message';
import { companyOf, compileCampaign } from './message';

/** The message as one of its recipients gets it. */
export type ExampleMessage =
  | { channel: 'email'; to: string; subject: string; html: string }
  | { channel: 'sms'; to: string; text: string; size: TextSize };

type Reader = MessageContact & { phone: string | null };

const somebody: Reader = {
  email: 'ann@example.com',
  phone: '+15005550100',
  firstName: 'Ann',
  lastName: 'Lee',
  attributes: {},
};

/**
 * The message as one of its recipients gets it: what was frozen at launch, or the draft as it stands. `invalid` with a
 * sentence when the draft cannot be composed.
 */
export async function exampleMessage(scope: Scope, id: CampaignId): Promise<Result<ExampleMessage>> {
  const found = await inScope(scope, async (tx) => {
    const [campaign] = await tx
      .select()
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
    return campaign && { campaign, contact: (await firstRecipient(tx, scope, campaign)) ?? somebody };
  });
  if (!found) return notFound('campaign');
  const { campaign, contact } = found;
  const compiled = campaign.compiled ? ok(campaign.compiled) : await compileCampaign(scope, campaign);
  if (!compiled.ok) return compiled;
  const links = { unsubscribe: unsubscribeUrl(scope, null), code: codeLinks(sampleCode) };
  const company = await companyOf(scope);
  if (compiled.value.channel === 'sms') {
    const own = shortUrl(sampleSlug);
    const text = prepareText(compiled.value).render(
      contact,
      { own, others: compiled.value.links.map(() => own), code: codeLinks(sampleCode) },
      company ?? { name: '', postalAddress: '' },
    );
    if (!text.ok) return text;
    const to = contact.phone ?? `${contact.firstName} ${contact.lastName}`.trim();
    return ok({ channel: 'sms', to, text: text.value, size: measureText(text.value) });
  }
  const rendered = prepareMessage(compiled.value).render(mergeValuesOf(contact, links, company));
  if (!rendered.ok) return rendered;
  const { subject, html } = rendered.value;
  return ok({ channel: 'email', to: contact.email ?? '', subject, html });
}

async function firstRecipient(
  tx: ScopedTx,
  scope: Scope,
  { id, channel }: { id: CampaignId; channel: Channel },
): Promise<Reader | undefined> {
  const [contact] = await tx
    .select({
      email: contacts.email,
      phone: contacts.phone,
      firstName: contacts.firstName,
      lastName: contacts.lastName,
      country: contacts.country,
      attributes: contacts.attributes,
    })
    .from(campaignLists)
    .innerJoin(
      listContacts,
      and(
        eq(listContacts.workspaceId, campaignLists.workspaceId),
        eq(listContacts.listId, campaignLists.listId),
      ),
    )
    .innerJoin(
      contacts,
      and(eq(contacts.workspaceId, listContacts.workspaceId), eq(contacts.id, listContacts.contactId)),
    )
    .where(
      and(
        eq(campaignLists.workspaceId, scope.workspaceId),
        eq(campaignLists.campaignId, id),
        isNotNull(channel === 'email' ? contacts.email : contacts.phone),
        channel === 'email' ? contacts.emailSubscribed : contacts.smsSubscribed,
      ),
    )
    .limit(1);
  return contact;
}
