import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { contacts, lists, listContacts as members } from '../db/schema/lists';
import type { ScopedTx } from '../db/scoped';
import type { ListId } from '../ids';
import { beyond, type ContactSort, foundContacts, type Stretch, searchText, sortedContacts } from './search';

/** Up to here it is quicker to read the members of lists and sort them than to look each contact up in the lists. */
const smallList = 5_000;

export type ContactChoice = {
  /** The beginning of an address, first, last or full name; or `@` and the beginning of a mail domain. */
  search?: string;
  listId?: ListId;
  /** Ignored while searching: the best matches come first. */
  sort?: ContactSort;
};

/** Which contacts, in which order. `members`: those of some lists, read in the order of their ids. */
export type Source = { stretches: Stretch[]; condition: SQL | undefined; members?: MembersPage };
type MembersPage = (beyond: SQL | undefined, order: SQL, limit: number) => SQL;

/**
 * Where rows come from: all contacts, or the members of a list, in the cheaper of two ways. For somebody who reaches single
 * lists all contacts are the members of those: left to row-level security, each contact would be looked up in them.
 */
export async function sourceOf(
  tx: ScopedTx,
  scope: Scope,
  filter: ContactChoice,
): Promise<Source | undefined> {
  const { workspaceId } = scope;
  const text = searchText(filter.search);
  const sort = filter.sort ?? 'newest';
  const stretches = text ? foundContacts(text) : sortedContacts(sort);
  const own = eq(contacts.workspaceId, workspaceId);
  const wanted = filter.listId ? [filter.listId] : scope.lists !== 'all' && [...scope.lists.keys()];
  if (!wanted) return { stretches, condition: own };
  const found = await tx
    .select({ id: lists.id, size: lists.contactCount })
    .from(lists)
    .where(and(eq(lists.workspaceId, workspaceId), inArray(lists.id, wanted)));
  const [first, ...others] = found.map(({ id }) => id);
  if (!first) return undefined;
  if (!text && sort === 'newest') return { stretches, ...membersInOrder(scope, [first, ...others]) };
  const isOne = others.length === 0;
  const ofLists = sql`${members.workspaceId} = ${workspaceId} and ${members.listId} ${
    isOne ? sql`= ${first}` : sql`= any(${sql.param([first, ...others])}::uuid[])`
  }`;
  const size = found.reduce((sum, list) => sum + list.size, 0);
  const isMember =
    size <= smallList
      ? sql`${contacts.id} = any(array(select ${members.contactId} from ${members} where ${ofLists}))`
      : sql`(select true from ${members} where ${ofLists} and ${members.contactId} = ${contacts.id} limit 1)`;
  return { stretches, condition: and(own, isMember) };
}

/**
 * The ids stand in subselects, so that the planner reckons with a workspace of common size. Of the very id it may believe
 * that it has no rows, while its statistics lag behind an import, and then any index looks as good as the right one.
 *
 * A list's own primary key has its members in the order of their ids. The page's ids are read from it first and no join
 * is left to the planner: of a new workspace it knows nothing, and would pair every member with every contact.
 */
function membersInOrder(
  { workspaceId }: Scope,
  [first, ...others]: [ListId, ...ListId[]],
): Pick<Source, 'condition' | 'members'> {
  const own = sql`(select ${workspaceId}::uuid)`;
  const page = (list: SQL, beyond: SQL | undefined, order: SQL, limit: number) => sql`
    select ${members.contactId} from ${members}
    where ${and(sql`${members.workspaceId} = ${own} and ${members.listId} = ${list}`, beyond)}
    order by ${order} limit ${limit}`;
  return {
    condition: sql`${contacts.workspaceId} = ${own}`,
    // Of several lists a page of each, of which the first ones are the page of all.
    members: (...part) =>
      others.length === 0
        ? page(sql`(select ${first}::uuid)`, ...part)
        : sql`select contact_id from unnest(${sql.param([first, ...others])}::uuid[]) wanted(id)
            cross join lateral (${page(sql`wanted.id`, ...part)}) m`,
  };
}

type Part = { from: { key: string; id: string } | undefined; backwards: boolean; limit: number };

/** Up to `limit` rows of a stretch behind a row of it (or from its near end), in its order or back. */
export function stretchQuery(
  tx: ScopedTx,
  source: Source,
  stretch: Stretch,
  { from, backwards, limit }: Part,
) {
  const up = (stretch.order === 'asc') !== backwards;
  const direction = up ? asc : desc;
  const behind = from && beyond(stretch, contacts.id, from, up);
  return tx
    .select({
      id: contacts.id,
      email: contacts.email,
      phone: contacts.phone,
      firstName: contacts.firstName,
      lastName: contacts.lastName,
      emailSubscribed: contacts.emailSubscribed,
      smsSubscribed: contacts.smsSubscribed,
      createdAt: contacts.createdAt,
      key: stretch.key ? sql<string>`${stretch.key}` : sql<string>`''`,
    })
    .from(contacts)
    .where(and(source.condition, stretch.where, source.members ? pageOf(source.members) : behind))
    .orderBy(...(stretch.key ? [direction(stretch.key)] : []), direction(contacts.id))
    .limit(limit);

  function pageOf(ofLists: MembersPage): SQL {
    const id = members.contactId;
    const rest = from && beyond(stretch, id, from, up);
    return sql`${contacts.id} = any(array(${ofLists(rest, direction(id), limit)}))`;
  }
}
