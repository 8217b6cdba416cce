import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { contacts, lists, listContacts as members } from '../db/schema';
import type { ScopedTx } from '../db/scoped';
import type { ListId } from '../ids';
import { beyond, type ContactSort, foundContacts, type Stretch, searchText, sortedContacts } from './search';

/** Up to here it is quicker to read a list's members and sort them than to look each contact up in the list. */
const smallList = 5_000;

export type ContactChoice = {
  /** The beginning of an address, first, last or full name; or `@` and the beginning of a mail domain. */
  search?: string;
  listId?: ListId;
  /** Ignored while searching: the best matches come first. */
  sort?: ContactSort;
};

/** Which contacts, in which order. `ofList`: those members, read in the order of their ids. */
export type Source = { stretches: Stretch[]; condition: SQL | undefined; ofList?: SQL };

/** Where rows come from: all contacts, or the members of a list, in the cheaper of two ways. */
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
  if (!filter.listId) return { stretches, condition: own };
  const [list] = await tx
    .select({ size: lists.contactCount })
    .from(lists)
    .where(and(eq(lists.workspaceId, workspaceId), eq(lists.id, filter.listId)));
  if (!list) return undefined;
  const ofList = sql`${members.workspaceId} = ${workspaceId} and ${members.listId} = ${filter.listId}`;
  if (!text && sort === 'newest') return { stretches, ...membersInOrder(scope, filter.listId) };
  const isMember =
    list.size <= smallList
      ? sql`${contacts.id} = any(array(select ${members.contactId} from ${members} where ${ofList}))`
      : sql`(select true from ${members} where ${ofList} and ${members.contactId} = ${contacts.id})`;
  return { stretches, condition: and(own, isMember) };
}

/**
 * The ids stand in subselects, so that the planner reckons with a workspace of common size. Of the very id it may believe
 * that it has no rows, while its statistics lag behind an import, and then any index looks as good as the right one.
 */
function membersInOrder({ workspaceId }: Scope, listId: ListId): Pick<Source, 'condition' | 'ofList'> {
  const own = sql`(select ${workspaceId}::uuid)`;
  return {
    condition: sql`${contacts.workspaceId} = ${own}`,
    ofList: sql`${members.workspaceId} = ${own} and ${members.listId} = (select ${listId}::uuid)`,
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
      createdAt: contacts.createdAt,
      key: stretch.key ? sql<string>`${stretch.key}` : sql<string>`''`,
    })
    .from(contacts)
    .where(and(source.condition, stretch.where, source.ofList ? pageOfList(source.ofList) : behind))
    .orderBy(...(stretch.key ? [direction(stretch.key)] : []), direction(contacts.id))
    .limit(limit);

  /**
   * A list's own primary key has its members in the order of their ids. The page's ids are read from it first and no
   * join is left to the planner: of a new workspace it knows nothing, and would pair every member with every contact.
   */
  function pageOfList(ofList: SQL): SQL {
    const id = members.contactId;
    const rest = and(ofList, from && beyond(stretch, id, from, up));
    return sql`${contacts.id} = any(array(
      select ${id} from ${members} where ${rest} order by ${direction(id)} limit ${limit}))`;
  }
}
