import { and, eq, isNotNull } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { sampleCode } from '../codes/code';
import { codeLinks } from '../codes/code-links';
import { campaignLists, campaigns, contacts, listContacts } from '../db/schema';
import { inScope, type ScopedTx } from '../db/scoped';
import { unsubscribeUrl } from '../deliveries/unsubscribe-token';
import { notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { type MessageContact, mergeValuesOf } from '../messages/merge-values';
import { prepareMessage } from '../messages/prepare';
import { companyOf, compileCampaign } from './message';

export type ExampleMessage = { to: string; subject: string; html: string };

const somebody: MessageContact = {
  email: 'ann@example.com',
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
    return campaign && { campaign, contact: (await firstRecipient(tx, scope, id)) ?? somebody };
  });
  if (!found) return notFound('campaign');
  const { campaign, contact } = found;
  const compiled = campaign.compiled ? ok(campaign.compiled) : await compileCampaign(scope, campaign);
  if (!compiled.ok) return compiled;
  const links = { unsubscribe: unsubscribeUrl(scope, null), code: codeLinks(sampleCode) };
  const company = await companyOf(scope);
  const rendered = prepareMessage(compiled.value).render(mergeValuesOf(contact, links, company));
  if (!rendered.ok) return rendered;
  const { subject, html } = rendered.value;
  return ok({ to: contact.email ?? '', subject, html });
}

async function firstRecipient(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
): Promise<MessageContact | undefined> {
  const [contact] = await tx
    .select({
      email: contacts.email,
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
        isNotNull(contacts.email),
        contacts.emailSubscribed,
      ),
    )
    .limit(1);
  return contact;
}
