import { randomBytes } from 'node:crypto';
import { and, eq, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { deliveries, shortLinks } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { trackingEvents } from '../db/schema/tracking';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { holdDeliveries, proof } from '../deliveries/events';
import { env } from '../env';
import { DeliveryId, ShortSlug, uuidv7, WorkspaceId } from '../ids';
import { campaignRef, codeUrl } from './code-links';
import { codesOf } from './contact-codes';

/*
 * Short addresses of text messages: /s/ and 10 characters of Crockford's base 32, drawn at random (50 bits): 13 characters after
 * the host. They say nothing themselves: where one leads stands in the database.
 */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 10;

function newSlug(): ShortSlug {
  let drawn = '';
  for (const byte of randomBytes(length)) drawn += alphabet.charAt(byte & 31);
  return ShortSlug.parse(drawn);
}

/** As long as any, for previews and tests of messages: nobody's. */
export const sampleSlug = ShortSlug.parse('0'.repeat(length));

export const shortUrl = (slug: ShortSlug): string => `${env().APP_URL}/s/${slug}`;

/** What stands behind /s/, in letters of any size; undefined for what can be none. */
export const readSlug = (typed: string): ShortSlug | undefined =>
  typed.length > 50 ? undefined : ShortSlug.safeParse(typed.toUpperCase()).data;

/**
 * The short addresses of deliveries, each `links` besides the one to its recipient's code, which is the first. Made once: a
 * message that is sent again has the same.
 */
export async function shortUrlsOf(
  scope: Scope,
  ids: DeliveryId[],
  links: number,
): Promise<Map<DeliveryId, string[]>> {
  const found = new Map<DeliveryId, string[]>();
  if (ids.length === 0) return found;
  const wanted = ids.flatMap((id) =>
    Array.from({ length: links + 1 }, (_, link) => ({ id, link, slug: newSlug() })),
  );
  const rows = await inScope(scope, async (tx) => {
    await tx.execute(sql`
      insert into short_links (workspace_id, delivery_id, link, slug)
      select ${scope.workspaceId}, id, link, slug
      from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as w(id uuid, link int, slug text)
      on conflict do nothing`);
    return tx
      .select({ id: shortLinks.deliveryId, link: shortLinks.link, slug: shortLinks.slug })
      .from(shortLinks)
      .where(
        and(
          eq(shortLinks.workspaceId, scope.workspaceId),
          sql`${shortLinks.deliveryId} = any(${`{${ids.join(',')}}`}::uuid[])`,
        ),
      )
      .orderBy(shortLinks.deliveryId, shortLinks.link);
  });
  for (const { id, slug } of rows) found.set(id, [...(found.get(id) ?? []), shortUrl(slug)]);
  return found;
}

const Found = z.array(z.object({ workspaceId: WorkspaceId, deliveryId: DeliveryId, link: z.int() }));

/** Whose it is, in whatever workspace. Two workspaces may have drawn the same: then it leads nowhere. */
async function find(slug: ShortSlug): Promise<z.output<typeof Found>[number] | undefined> {
  return unsafeDatabase().transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.slug', ${slug}, true)`);
    const rows = await tx
      .select({
        workspaceId: shortLinks.workspaceId,
        deliveryId: shortLinks.deliveryId,
        link: shortLinks.link,
      })
      .from(shortLinks)
      .where(eq(shortLinks.slug, slug));
    const [one, another] = Found.parse(rows);
    return another ? undefined : one;
  });
}

/** An address as it may stand in a header: authors write letters that may not. */
const written = (link: string | undefined) => (link === undefined ? undefined : new URL(link).href);

/**
 * Where a short address leads; undefined: nowhere, or its recipient was erased. `clicked`: a person follows it, which is counted
 * and noted on the delivery before this answers, unless they or the workspace want none of that.
 */
export async function followShortLink(
  slug: ShortSlug,
  { clicked }: { clicked: boolean },
): Promise<string | undefined> {
  const known = await find(slug);
  if (!known) return undefined;
  const { workspaceId, deliveryId, link } = known;
  const scope = mintSystemScope(workspaceId);
  return inScope(scope, async (tx) => {
    const [delivery] = await tx
      .select({
        contactId: deliveries.contactId,
        campaignId: deliveries.campaignId,
        compiled: campaigns.compiled,
        tracking: sql<boolean>`${workspaces.tracking} and coalesce(${contacts.tracking}, false)`,
      })
      .from(deliveries)
      .innerJoin(workspaces, eq(workspaces.id, deliveries.workspaceId))
      .leftJoin(
        contacts,
        and(eq(contacts.workspaceId, deliveries.workspaceId), eq(contacts.id, deliveries.contactId)),
      )
      .innerJoin(
        campaigns,
        and(eq(campaigns.workspaceId, deliveries.workspaceId), eq(campaigns.id, deliveries.campaignId)),
      )
      .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.id, deliveryId)));
    if (!delivery?.contactId) return undefined;
    const { contactId, campaignId, compiled, tracking } = delivery;
    const code = link === 0 ? (await codesOf(tx, scope, [contactId])).get(contactId) : undefined;
    const target = code
      ? codeUrl(code, campaignRef(campaignId))
      : compiled?.channel === 'sms'
        ? written(compiled.links[link - 1])
        : undefined;
    if (target === undefined || !clicked) return target;
    // Nobody else has this address: the message has arrived.
    await holdDeliveries(tx, scope, [deliveryId]);
    await tx
      .update(deliveries)
      .set(proof)
      .where(
        and(
          eq(deliveries.workspaceId, workspaceId),
          eq(deliveries.id, deliveryId),
          ne(deliveries.state, 'sent'),
        ),
      );
    if (!tracking) return target;
    await tx.insert(trackingEvents).values({
      ...{ workspaceId, id: uuidv7(), deliveryId, campaignId, kind: 'click', link, class: 'human' },
      at: new Date(),
    });
    await tx
      .update(shortLinks)
      .set({
        clicks: sql`${shortLinks.clicks} + 1`,
        firstClickedAt: sql`coalesce(${shortLinks.firstClickedAt}, now())`,
      })
      .where(
        and(
          eq(shortLinks.workspaceId, workspaceId),
          eq(shortLinks.deliveryId, deliveryId),
          eq(shortLinks.link, link),
        ),
      );
    await tx
      .update(deliveries)
      .set({ clickedAt: sql`coalesce(${deliveries.clickedAt}, now())` })
      .where(
        and(
          eq(deliveries.workspaceId, workspaceId),
          eq(deliveries.id, deliveryId),
          sql`${deliveries.clickedAt} is null`,
        ),
      );
    return target;
  });
}
