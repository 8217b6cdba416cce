import { and, asc, desc, eq, ilike, inArray, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { grants, keyOf, type Scope, userOf } from '../auth/scope';
import { searchText } from '../contacts/search';
import { domainProblems } from '../db/domain-report';
import { type Page, turnedPage, turnOf } from '../db/page';
import { type CampaignContent, campaignLists, campaigns } from '../db/schema/campaigns';
import { lists } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { CampaignStatus, Channel, ProviderName } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import { CampaignId, type ListId, newId, type SenderId } from '../ids';
import { limitsOf } from '../senders/limits';
import type { Limits } from '../throttle/pace';
import { maySendTo } from './access';
import { type DraftChanges, refusedMessage, refusedReferences, replaceLists } from './draft';

export type CampaignSender = {
  id: SenderId;
  name: string;
  provider: ProviderName;
  fromName: string;
  fromEmail: string;
  limits: Limits;
  limitsProposed: boolean;
  /** What mailbox providers will hold against its domain, each in a sentence. */
  domainProblems: string[];
};

export type Campaign = {
  id: CampaignId;
  name: string;
  channel: Channel;
  status: CampaignStatus;
  subject: string;
  preheader: string;
  content: CampaignContent;
  /** Plain text; empty: it offers nothing. */
  offerText: string;
  /** The last day of the offer, as 2030-01-31 on the workspace's calendar. */
  offerUntil: string | null;
  /** That day is over. */
  offerEnded: boolean;
  revision: number;
  lists: { id: ListId; name: string; contactCount: number; archived: boolean }[];
  listIds: ListId[];
  senderId: SenderId | null;
  sender: CampaignSender | null;
  planned: number | null;
  /** Besides its sender's. */
  limits: Limits;
  scheduledAt: Date | null;
  scheduledZone: string | null;
  /** Scheduled, and waiting for a person; `problem` says why. */
  held: boolean;
  /** Why sending stands still or was paused, in a sentence for a person. */
  problem: string | null;
  sample: boolean;
  createdAt: Date;
  updatedAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
};

export type CampaignRow = Pick<
  Campaign,
  | 'id'
  | 'name'
  | 'channel'
  | 'status'
  | 'subject'
  | 'planned'
  | 'problem'
  | 'scheduledAt'
  | 'held'
  | 'sample'
  | 'createdAt'
  | 'updatedAt'
  | 'startedAt'
  | 'completedAt'
> & {
  /** How a text message begins; of an e-mail nothing. */
  text: string;
  listIds: ListId[];
  listNames: string[];
};

const emptyContent: Record<Channel, CampaignContent> = {
  email: { format: 'visual', document: null, html: '' },
  sms: { format: 'text', body: '' },
};

/** A new draft, with the workspace's default sender of its channel unless another is named. */
export function createCampaign(
  scope: Scope,
  input: DraftChanges & { name: string; channel?: Channel; sample?: boolean },
): Promise<Result<{ id: CampaignId }>> {
  return inScope(scope, async (tx) => {
    const { workspaceId } = scope;
    const { channel = 'email', listIds = [], subject, preheader, offerText, offerUntil, limits } = input;
    const content = input.content ?? emptyContent[channel];
    const refused =
      refusedMessage(channel, input) ??
      (await refusedReferences(tx, scope, channel, { listIds, senderId: input.senderId }));
    if (refused) return refused;
    const [sender] = await tx
      .select({ id: senders.id })
      .from(senders)
      .where(and(eq(senders.workspaceId, workspaceId), eq(senders.channel, channel), senders.isDefault));
    const id = newId(CampaignId);
    await tx.insert(campaigns).values({
      workspaceId,
      id,
      name: input.name,
      channel,
      ...{ subject, preheader, content, offerText, offerUntil },
      ...limits,
      senderId: input.senderId === undefined ? (sender?.id ?? null) : input.senderId,
      sample: input.sample ?? false,
      createdBy: userOf(scope),
      createdByKey: keyOf(scope),
    });
    await replaceLists(tx, scope, id, listIds);
    await audit(tx, scope, 'campaign.created', id, { name: input.name });
    return ok({ id });
  });
}

/** Of a campaign beside its workspace: whether the last day of its offer is over there. */
export const hasOfferEnded = sql<boolean>`coalesce(
  ${campaigns.offerUntil} < (now() at time zone ${workspaces.timeZone})::date, false)`;

/** One campaign with its lists and sender. */
export function findCampaign(scope: Scope, id: CampaignId): Promise<Result<Campaign>> {
  return inScope(scope, async (tx) => {
    const campaign = await readCampaign(tx, scope, id);
    return campaign ? ok(campaign) : notFound('campaign');
  });
}

/** The same, inside a transaction that the caller opened. */
export async function readCampaign(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign | undefined> {
  const { workspaceId } = scope;
  const [row] = await tx
    .select({ campaign: campaigns, sender: senders, offerEnded: hasOfferEnded })
    .from(campaigns)
    .innerJoin(workspaces, eq(workspaces.id, campaigns.workspaceId))
    .leftJoin(
      senders,
      and(eq(senders.workspaceId, campaigns.workspaceId), eq(senders.id, campaigns.senderId)),
    )
    .where(and(eq(campaigns.workspaceId, workspaceId), eq(campaigns.id, id)));
  if (!row) return undefined;
  const chosen = await tx
    .select({
      id: lists.id,
      name: lists.name,
      contactCount: lists.contactCount,
      archived: sql<boolean>`${lists.archivedAt} is not null`,
    })
    .from(campaignLists)
    .innerJoin(
      lists,
      and(eq(lists.workspaceId, campaignLists.workspaceId), eq(lists.id, campaignLists.listId)),
    )
    .where(and(eq(campaignLists.workspaceId, workspaceId), eq(campaignLists.campaignId, id)))
    .orderBy(lists.name);
  const { campaign, sender, offerEnded } = row;
  return {
    id: campaign.id,
    name: campaign.name,
    channel: campaign.channel,
    status: campaign.status,
    subject: campaign.subject,
    preheader: campaign.preheader,
    content: campaign.content,
    offerText: campaign.offerText,
    offerUntil: campaign.offerUntil,
    offerEnded,
    revision: campaign.revision,
    lists: chosen,
    listIds: chosen.map((list) => list.id),
    senderId: campaign.senderId,
    sender: sender && {
      id: sender.id,
      name: sender.name,
      provider: sender.provider,
      fromName: sender.fromName,
      fromEmail: sender.fromEmail,
      limits: limitsOf(sender),
      limitsProposed: sender.limitsProposed,
      domainProblems: domainProblems(sender.domainReport, sender.fromEmail),
    },
    planned: campaign.planned,
    limits: limitsOf(campaign),
    scheduledAt: campaign.scheduledAt,
    scheduledZone: campaign.scheduledZone,
    held: campaign.held,
    problem: campaign.problem,
    sample: campaign.sample,
    createdAt: campaign.createdAt,
    updatedAt: campaign.updatedAt,
    startedAt: campaign.startedAt,
    completedAt: campaign.completedAt,
  };
}

/** Campaigns, the newest first. `search` matches any part of name or subject. */
export function listCampaigns(
  scope: Scope,
  filter: { cursor?: string | null; search?: string; status?: CampaignStatus; limit?: number },
): Promise<Page<CampaignRow>> {
  const pageSize = filter.limit ?? 50;
  const turn = turnOf(filter.cursor);
  const text = searchText(filter.search);
  const pattern = text && `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return inScope(scope, async (tx) => {
    const found = await tx
      .select({
        id: campaigns.id,
        name: campaigns.name,
        channel: campaigns.channel,
        text: sql<string>`case when ${campaigns.channel} = 'sms' then left(${campaigns.content} ->> 'body', 200) else '' end`,
        status: campaigns.status,
        subject: campaigns.subject,
        planned: campaigns.planned,
        problem: campaigns.problem,
        scheduledAt: campaigns.scheduledAt,
        held: campaigns.held,
        sample: campaigns.sample,
        createdAt: campaigns.createdAt,
        updatedAt: campaigns.updatedAt,
        startedAt: campaigns.startedAt,
        completedAt: campaigns.completedAt,
      })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.workspaceId, scope.workspaceId),
          filter.status && eq(campaigns.status, filter.status),
          pattern
            ? sql`(${ilike(campaigns.name, pattern)} or ${ilike(campaigns.subject, pattern)})`
            : undefined,
          turn.id === undefined
            ? undefined
            : turn.backwards
              ? sql`${campaigns.id} > ${turn.id}::uuid`
              : sql`${campaigns.id} < ${turn.id}::uuid`,
        ),
      )
      .orderBy(turn.backwards ? asc(campaigns.id) : desc(campaigns.id))
      .limit(pageSize + 1);
    const page = turnedPage(found, pageSize, turn);
    const named = await namedLists(
      tx,
      scope,
      page.rows.map((row) => row.id),
    );
    const listsOf = (row: { id: CampaignId }) => named.get(row.id) ?? [];
    return {
      ...page,
      rows: page.rows.map((row) => ({
        ...row,
        listIds: listsOf(row).map((list) => list.id),
        listNames: listsOf(row).map((list) => list.name),
      })),
    };
  });
}

type Named = { id: ListId; name: string };

async function namedLists(tx: ScopedTx, scope: Scope, ids: CampaignId[]): Promise<Map<CampaignId, Named[]>> {
  const named = new Map<CampaignId, Named[]>();
  if (ids.length === 0) return named;
  const rows = await tx
    .select({ campaignId: campaignLists.campaignId, id: lists.id, name: lists.name })
    .from(campaignLists)
    .innerJoin(
      lists,
      and(eq(lists.workspaceId, campaignLists.workspaceId), eq(lists.id, campaignLists.listId)),
    )
    .where(and(eq(campaignLists.workspaceId, scope.workspaceId), inArray(campaignLists.campaignId, ids)))
    .orderBy(lists.name);
  for (const { campaignId, ...list } of rows) named.set(campaignId, [...(named.get(campaignId) ?? []), list]);
  return named;
}

/** A draft with the same content, offer, lists, sender and limits. */
export function duplicateCampaign(scope: Scope, id: CampaignId): Promise<Result<{ id: CampaignId }>> {
  return inScope(scope, async (tx) => {
    const source = await readCampaign(tx, scope, id);
    if (!source) return notFound('campaign');
    const copy = newId(CampaignId);
    const { workspaceId } = scope;
    await tx.insert(campaigns).values({
      workspaceId,
      id: copy,
      name: `Copy of ${source.name}`.slice(0, 200),
      channel: source.channel,
      subject: source.subject,
      preheader: source.preheader,
      content: source.content,
      offerText: source.offerText,
      offerUntil: source.offerUntil,
      senderId: source.senderId,
      ...source.limits,
      createdBy: userOf(scope),
      createdByKey: keyOf(scope),
    });
    const open = source.lists.filter((list) => !list.archived && grants(scope, list.id, 'send'));
    if (open.length > 0)
      await tx
        .insert(campaignLists)
        .values(open.map((list) => ({ workspaceId, campaignId: copy, listId: list.id })));
    await audit(tx, scope, 'campaign.created', copy, { name: source.name, duplicateOf: id });
    return ok({ id: copy });
  });
}

/** Deletes a campaign that was never sent. One that was sent stays: its ledger says who got it. */
export function deleteDraft(scope: Scope, id: CampaignId): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    const allowed = await maySendTo(tx, scope, id);
    if (!allowed.ok) return allowed;
    const [gone] = await tx
      .delete(campaigns)
      .where(
        and(
          eq(campaigns.workspaceId, scope.workspaceId),
          eq(campaigns.id, id),
          eq(campaigns.status, 'draft'),
        ),
      )
      .returning({ name: campaigns.name });
    if (gone) {
      await audit(tx, scope, 'campaign.deleted', id, { name: gone.name });
      return ok();
    }
    if (!(await readCampaign(tx, scope, id))) return notFound('campaign');
    return fail(
      'conflict',
      'Only drafts can be deleted. What was sent, or is about to be, keeps its record.',
    );
  });
}
