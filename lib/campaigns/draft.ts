import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import { grants, keyOf, lacking, type Scope, userOf } from '../auth/scope';
import { type CampaignContent, campaignLists, campaigns } from '../db/schema/campaigns';
import { lists } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId, ListId, SenderId } from '../ids';
import type { Limits } from '../throttle/pace';
import { maySendTo } from './access';
import { statusOf } from './change-status';

export type DraftChanges = {
  name?: string;
  subject?: string;
  preheader?: string;
  content?: CampaignContent;
  offerText?: string;
  offerUntil?: string | null;
  listIds?: ListId[];
  senderId?: SenderId | null;
  limits?: Partial<Limits>;
};

/**
 * Saves what changed in a draft. The revision is the one the author last saw: when it is old, somebody else has saved in
 * between, and nothing is overwritten.
 */
export function saveDraft(
  scope: Scope,
  id: CampaignId,
  input: { revision: number; changes: DraftChanges },
): Promise<Result<{ revision: number }>> {
  return inScope(scope, async (tx) => {
    const { listIds, senderId, limits } = input.changes;
    const { name, subject, preheader, content, offerText, offerUntil } = input.changes;
    const channel = await channelOf(tx, scope, id);
    if (!channel) return notFound('campaign');
    const allowed = await maySendTo(tx, scope, id);
    if (!allowed.ok) return allowed;
    const refused =
      refusedMessage(channel, input.changes) ??
      (await refusedReferences(tx, scope, channel, { listIds, senderId }));
    if (refused) return refused;
    if (listIds?.length === 0 && !(await seesWithoutLists(tx, scope, id)))
      return fail('invalid', 'Keep a list: without any, you would not see this campaign any more.', {
        fields: { listIds: 'Choose a list.' },
      });
    const [saved] = await tx
      .update(campaigns)
      .set({
        ...{ name, subject, preheader, content, offerText, offerUntil, senderId },
        ...limits,
        revision: sql`${campaigns.revision} + 1`,
        updatedAt: sql`now()`,
      })
      .where(
        and(
          eq(campaigns.workspaceId, scope.workspaceId),
          eq(campaigns.id, id),
          eq(campaigns.status, 'draft'),
          eq(campaigns.revision, input.revision),
        ),
      )
      .returning({ revision: campaigns.revision });
    if (!saved) return whyNotSaved(tx, scope, id);
    if (listIds) await replaceLists(tx, scope, id, listIds);
    return ok(saved);
  });
}

/** Whom a draft goes to. The lists have been looked at before. */
export async function replaceLists(tx: ScopedTx, scope: Scope, campaignId: CampaignId, listIds: ListId[]) {
  const { workspaceId } = scope;
  await tx
    .delete(campaignLists)
    .where(and(eq(campaignLists.workspaceId, workspaceId), eq(campaignLists.campaignId, campaignId)));
  const rows = [...new Set(listIds)].map((listId) => ({ workspaceId, campaignId, listId }));
  if (rows.length > 0) await tx.insert(campaignLists).values(rows);
}

/** Whoever sees single lists sees of campaigns without any those alone that they made. */
async function seesWithoutLists(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<boolean> {
  if (scope.lists === 'all') return true;
  const [user, key] = [userOf(scope), keyOf(scope)];
  const made = await tx
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(
      and(
        eq(campaigns.workspaceId, scope.workspaceId),
        eq(campaigns.id, id),
        or(
          user ? eq(campaigns.createdBy, user) : undefined,
          key ? eq(campaigns.createdByKey, key) : undefined,
        ),
      ),
    );
  return made.length > 0;
}

async function channelOf(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<Channel | undefined> {
  const [row] = await tx
    .select({ channel: campaigns.channel })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
  return row?.channel;
}

/** Why this cannot be the message of a campaign of this channel, if so. */
export function refusedMessage(channel: Channel, { content, subject, preheader }: DraftChanges) {
  if (content && (content.format === 'text') !== (channel === 'sms'))
    return fail(
      'invalid',
      channel === 'sms'
        ? 'A text message is plain text: send its content with the format “text”.'
        : 'The message of an e-mail is HTML or Markdown.',
      { fields: { content: 'This format belongs to the other channel.' } },
    );
  const line = subject ? 'subject' : preheader ? 'preheader' : undefined;
  if (channel === 'email' || !line) return undefined;
  return fail('invalid', `A text message has no ${line}.`, { fields: { [line]: 'Leave it out.' } });
}

/** Why a draft may not name these lists or this sender, if so. */
export async function refusedReferences(
  tx: ScopedTx,
  scope: Scope,
  channel: Channel,
  { listIds, senderId }: Pick<DraftChanges, 'listIds' | 'senderId'>,
) {
  const { workspaceId } = scope;
  if (listIds && listIds.length > 0) {
    const wanted = [...new Set(listIds)];
    const found = await tx
      .select({ id: lists.id, name: lists.name })
      .from(lists)
      .where(and(eq(lists.workspaceId, workspaceId), inArray(lists.id, wanted), isNull(lists.archivedAt)));
    if (found.length < wanted.length)
      return fail('invalid', 'Choose the lists again: one of them is gone.', {
        fields: { listIds: 'One of these lists no longer exists.' },
      });
    const ungranted = found.find((list) => !grants(scope, list.id, 'send'));
    if (ungranted) return lacking('send', ungranted.name);
  }
  if (!senderId) return undefined;
  const [sender] = await tx
    .select({ channel: senders.channel })
    .from(senders)
    .where(and(eq(senders.workspaceId, workspaceId), eq(senders.id, senderId)));
  if (sender?.channel === channel) return undefined;
  if (sender)
    return fail(
      'invalid',
      channel === 'sms' ? 'This sender sends e-mails.' : 'This sender sends text messages.',
      { fields: { senderId: 'Choose a sender of the campaign’s channel.' } },
    );
  return fail('invalid', 'Choose the sender again: it is gone.', {
    fields: { senderId: 'This sender no longer exists.' },
  });
}

async function whyNotSaved(tx: ScopedTx, scope: Scope, id: CampaignId) {
  const status = await statusOf(tx, scope, id);
  if (!status) return notFound('campaign');
  if (status === 'scheduled')
    return fail(
      'conflict',
      'This campaign is scheduled and cannot be changed. Take it back to draft first, on its page.',
    );
  if (status !== 'draft')
    return fail(
      'conflict',
      'This campaign was already sent and can no longer be changed. Duplicate it instead.',
    );
  return fail('conflict', 'This draft was changed in another window. Reload to see the newest version.');
}
