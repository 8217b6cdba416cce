import { and, eq, ne, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { mintSystemScope, type Scope } from '../auth/scope';
import { contactEvents, deliveries } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import { type DeliveryId, uuidv7 } from '../ids';
import { changeTrackingBy } from '../tracking/tracking-rule';
import { readUnsubscribeToken } from './unsubscribe-token';

/** What the page behind an unsubscribe link shows. The address is masked: links are forwarded. */
export type Unsubscription = {
  workspaceName: string;
  address: string | null;
  /** `test`: the link of a test message, which belongs to nobody. */
  state: 'subscribed' | 'unsubscribed' | 'test';
  /** Whether this link may undo it: it was this link that did it. */
  canResubscribe: boolean;
  /**
   * Whether what they open and click is recorded. `off here`: they switched it off themselves, by a message of this campaign, and
   * may take that back. Null: there is nothing that is, or nobody.
   */
  tracking: 'on' | 'off' | 'off here' | null;
};

const broken = () =>
  fail('not_found', 'This link is not complete. Open it again from the message, or copy it as a whole.');

/** "ann@example.com" → "a…@example.com". */
function mask(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, Math.min(1, at))}…${address.slice(at)}`;
}

/** For the page that a link opens. Changes nothing: mail scanners follow links. */
export function readUnsubscribe(token: string): Promise<Result<Unsubscription>> {
  return behind(token, (tx, scope, deliveryId) => describe(tx, scope, deliveryId));
}

/** RFC 8058 one-click, and the button of the page. Doing it again changes nothing more. */
export function unsubscribe(token: string): Promise<Result<Unsubscription>> {
  return behind(token, async (tx, scope, deliveryId) => {
    if (deliveryId) await apply(tx, scope, deliveryId);
    return describe(tx, scope, deliveryId);
  });
}

/** "That was a mistake": undoes what this very link did, and nothing else. */
export function resubscribe(token: string): Promise<Result<Unsubscription>> {
  return behind(token, async (tx, scope, deliveryId) => {
    if (deliveryId) await undo(tx, scope, deliveryId);
    return describe(tx, scope, deliveryId);
  });
}

/** Whether what they open and click is recorded from now on. Switched on again only by what switched it off. */
export function chooseTracking(token: string, tracking: boolean): Promise<Result<Unsubscription>> {
  return behind(token, async (tx, scope, deliveryId) => {
    const page = await describe(tx, scope, deliveryId);
    if (!deliveryId || page?.tracking !== (tracking ? 'off here' : 'on')) return page;
    await changeTrackingBy(tx, scope, deliveryId, tracking);
    return describe(tx, scope, deliveryId);
  });
}

async function behind(
  token: string,
  work: (tx: ScopedTx, scope: Scope, deliveryId: DeliveryId | null) => Promise<Unsubscription | undefined>,
): Promise<Result<Unsubscription>> {
  const target = readUnsubscribeToken(token);
  if (!target) return broken();
  const scope = mintSystemScope(target.workspaceId);
  const page = await inScope(scope, (tx) => work(tx, scope, target.deliveryId));
  return page ? ok(page) : broken();
}

async function describe(
  tx: ScopedTx,
  scope: Scope,
  deliveryId: DeliveryId | null,
): Promise<Unsubscription | undefined> {
  const { workspaceId } = scope;
  const [workspace] = await tx
    .select({ name: workspaces.name, tracking: workspaces.tracking })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  if (!workspace) return undefined;
  const page = { workspaceName: workspace.name, address: null, canResubscribe: false, tracking: null };
  if (!deliveryId) return { ...page, state: 'test' };
  const [row] = await tx
    .select({
      address: deliveries.address,
      subscribed: contacts.emailSubscribed,
      tracks: contacts.tracking,
      isTheirs: sql<boolean>`coalesce((
        select e.type = 'tracking_off' and e.campaign_id = ${deliveries.campaignId} from contact_events e
        where e.workspace_id = ${deliveries.workspaceId} and e.contact_id = ${deliveries.contactId}
          and e.type in ('tracking_off', 'tracking_on')
        order by e.id desc limit 1), false)`,
      didIt: sql<boolean | null>`${contacts.emailUnsubscribedAt} = ${deliveries.unsubscribedAt}`,
    })
    .from(deliveries)
    .leftJoin(
      contacts,
      and(eq(contacts.workspaceId, deliveries.workspaceId), eq(contacts.id, deliveries.contactId)),
    )
    .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.id, deliveryId)));
  if (!row) return undefined;
  return {
    ...page,
    address: row.address === null ? null : mask(row.address),
    // Whoever was erased is written to no more.
    state: row.subscribed ? 'subscribed' : 'unsubscribed',
    canResubscribe: row.subscribed === false && row.didIt === true,
    tracking:
      !workspace.tracking || row.tracks === null
        ? null
        : row.tracks
          ? 'on'
          : row.isTheirs
            ? 'off here'
            : 'off',
  };
}

async function apply(tx: ScopedTx, scope: Scope, deliveryId: DeliveryId): Promise<void> {
  const { workspaceId } = scope;
  const [delivery] = await tx
    .update(deliveries)
    .set({ unsubscribedAt: sql`coalesce(${deliveries.unsubscribedAt}, now())` })
    .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.id, deliveryId)))
    .returning({ contactId: deliveries.contactId, campaignId: deliveries.campaignId });
  if (!delivery?.contactId) return;
  const { contactId, campaignId } = delivery;
  const changed = await tx
    .update(contacts)
    .set({ emailSubscribed: false, emailUnsubscribedAt: sql`now()`, updatedAt: sql`now()` })
    .where(
      and(
        eq(contacts.workspaceId, workspaceId),
        eq(contacts.id, contactId),
        eq(contacts.emailSubscribed, true),
      ),
    )
    .returning({ id: contacts.id });
  if (changed.length === 0) return;
  // The two times being one is what says that this link did it, also when it does it again later.
  await tx
    .update(deliveries)
    .set({ unsubscribedAt: sql`now()` })
    .where(
      and(
        eq(deliveries.workspaceId, workspaceId),
        eq(deliveries.id, deliveryId),
        ne(deliveries.unsubscribedAt, sql`now()`),
      ),
    );
  await tx
    .insert(contactEvents)
    .values({ workspaceId, id: uuidv7(), contactId, type: 'unsubscribed', campaignId });
  await audit(tx, scope, 'contact.unsubscribed', contactId, { campaignId, deliveryId });
}

async function undo(tx: ScopedTx, scope: Scope, deliveryId: DeliveryId): Promise<void> {
  const { workspaceId } = scope;
  const thisDelivery = and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.id, deliveryId));
  const [delivery] = await tx
    .select({ contactId: deliveries.contactId, campaignId: deliveries.campaignId })
    .from(deliveries)
    .where(thisDelivery)
    .for('update');
  if (!delivery?.contactId) return;
  const { contactId, campaignId } = delivery;
  const doneAt = tx.select({ at: deliveries.unsubscribedAt }).from(deliveries).where(thisDelivery);
  const changed = await tx
    .update(contacts)
    .set({ emailSubscribed: true, emailUnsubscribedAt: null, updatedAt: sql`now()` })
    .where(
      and(
        eq(contacts.workspaceId, workspaceId),
        eq(contacts.id, contactId),
        eq(contacts.emailSubscribed, false),
        eq(contacts.emailUnsubscribedAt, sql`(${doneAt})`),
      ),
    )
    .returning({ id: contacts.id });
  if (changed.length === 0) return;
  await tx.update(deliveries).set({ unsubscribedAt: null }).where(thisDelivery);
  await tx
    .insert(contactEvents)
    .values({ workspaceId, id: uuidv7(), contactId, type: 'resubscribed', campaignId });
  await audit(tx, scope, 'contact.resubscribed', contactId, { campaignId, deliveryId });
}
