import type { Permission } from '@/lib/auth/policy';
import { type CampaignStatus, type ListAccess, listAccesses, type Role } from '@/lib/db/states';
import type { Endpoint } from './discover';
import type { Principal } from './principals';
import type { World } from './world';

/*
 * Who may do what, said a second time and apart from the product: where the two disagree, one of them is wrong.
 */

const all: Role[] = ['owner', 'admin', 'marketer', 'viewer'];
const workers: Role[] = ['owner', 'admin', 'marketer'];
const heads: Role[] = ['owner', 'admin'];

const roles: Record<Permission, Role[]> = {
  account: all,
  'contacts:read': all,
  'contacts:write': workers,
  'campaigns:read': all,
  'campaigns:write': workers,
  'campaigns:send': workers,
  'settings:read': ['owner', 'admin', 'viewer'],
  'settings:write': heads,
  'members:read': ['owner', 'admin', 'viewer'],
  'members:write': heads,
  'keys:write': heads,
  'audit:read': heads,
  'system:read': heads,
};

/**
 * Which row is asked for. `own` and `ungranted` hang from one list each, `mixed` from both; `foreign` belongs to another
 * workspace; `deleted` was there once; `malformed` can be no id.
 */
export const places = ['own', 'ungranted', 'mixed', 'foreign', 'deleted', 'malformed'] as const;
export type Place = (typeof places)[number];

/** What hangs from no list: a role's permission alone decides about it. */
const listless = [
  'sender',
  'member',
  'invitation',
  'API key',
  'suppression',
  'webhook',
  'webhook message',
] as const;

/** What is a person's own: no role decides about it. Whoever else asks, it is not there. */
const personal = ['session', 'workspace'] as const;

export type Noun =
  | ('list' | 'contact' | 'campaign' | 'delivery' | 'import' | 'sandbox message')
  | (typeof listless)[number]
  | (typeof personal)[number];

/** `nothing`: an answer as if it were done, and yet nothing was changed. `any`: what it says depends on more. */
export type Outcome =
  | 'ok'
  | 'nothing'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'invalid'
  | 'conflict'
  | 'no workspace'
  | 'redirect'
  | 'any';

/** What is expected of one endpoint, for one of the ids that it takes. */
export type Row = {
  /** The permission that it asks for; `signed in`: none, but a person; `anyone`: it is open to the world. */
  may: Permission | 'signed in' | 'anyone';
  /** What the id names that is varied over all places. None: it takes no id. */
  on?: Noun;
  /** Which of those: a campaign in this status, or what hangs from the archived lists. */
  state?: CampaignStatus | 'archived';
  /** What must be granted on its lists. Without it: seeing it is enough. */
  needs?: ListAccess;
  /** The answer to whoever sees it and was granted less than it needs; `forbidden` where nothing is said. */
  lacking?: Outcome;
  /** The answer about a row that is not there for whoever asks; `not_found` where nothing is said. */
  hidden?: Outcome;
  /** The answer about what can be no id; actions say `invalid`, all else `not_found`. */
  malformed?: Outcome;
  /** A second row, always the granted one, and whether that is looked at before or after the first. */
  besides?: { of?: Noun; needs?: ListAccess; looked?: 'before' | 'after' };
  /** The answer to whoever reaches single lists only, where it is another. */
  marketer?: Outcome;
  /** The answer to whoever may, where it is not `ok`. */
  answer?: Outcome | ((place: Place, who: Principal) => Outcome);
  /** Marks that are theirs to see from then on. */
  shows?: string[];
  /** Whether it changes rows when it is done. */
  changes?: boolean | ((place: Place, who: Principal) => boolean);
  /** An action's input, or a route's JSON body. */
  input?: (id: string, world: World, place: Place, who: Principal) => unknown;
  /** A route's body as it is. */
  raw?: string | Uint8Array<ArrayBuffer>;
  /** The address, where it is not the endpoint's own with the id put in. */
  at?: (id: string, world: World) => string;
};

export type Rows = Record<string, Row | Row[]>;

/** Keys are for the API, sessions for everything else; at the wrong door both are nobody. */
const isLetIn = (who: Principal, { path, kind }: Endpoint) =>
  who.by === (kind === 'route' && path.startsWith('/api/v1/') ? 'key' : 'session') &&
  (who.at === 'here' || who.at === 'there' || who.at === 'former');

const hangsFromNoList = (noun: Noun) => [...listless, ...personal].some((other) => other === noun);

function reach(who: Principal, noun: Noun | undefined, place: Place): 'hidden' | ListAccess {
  if (place === 'deleted') return 'hidden';
  if (noun === 'session') return place === 'own' ? 'send' : 'hidden';
  if (who.at === 'former' || (place === 'foreign') !== (who.at === 'there')) return 'hidden';
  if (who.role !== 'marketer' || noun === undefined || hangsFromNoList(noun)) return 'send';
  if (noun === 'import') return place === 'own' ? 'send' : 'hidden';
  const { own, ungranted } = who.grants;
  const granted = { own: [own], ungranted: [ungranted], mixed: [own, ungranted] }[place as 'own'];
  const levels = granted.map((access) => (access ? listAccesses.indexOf(access) : -1));
  // A contact is reached by any of its lists, everything else by all.
  const level = noun === 'contact' ? Math.max(...levels) : Math.min(...levels);
  return listAccesses[level] ?? 'hidden';
}

const suffices = (has: ListAccess, needs: ListAccess = 'view') =>
  listAccesses.indexOf(has) >= listAccesses.indexOf(needs);

export function expected(endpoint: Endpoint, row: Row, who: Principal, place: Place): Outcome {
  const done = (typeof row.answer === 'function' ? row.answer(place, who) : row.answer) ?? 'ok';
  if (row.may === 'anyone') return done;
  if (!isLetIn(who, endpoint)) return 'unauthenticated';
  if (row.may !== 'signed in') {
    if (who.at === 'former') return endpoint.kind === 'page' ? 'no workspace' : 'unauthenticated';
    if (!roles[row.may].includes(who.role)) return 'forbidden';
  }
  const { besides } = row;
  const unread = row.malformed ?? (endpoint.kind === 'action' ? 'invalid' : 'not_found');
  const isUnread = place === 'malformed' && row.on !== undefined;
  if (isUnread && unread !== 'ok') return unread;
  const first = row.on && !isUnread ? judge(reach(who, row.on, place), row) : undefined;
  const second = besides && judge(reach(who, besides.of, 'own'), besides);
  const refused = besides?.looked === 'before' ? (second ?? first) : (first ?? second);
  return refused ?? (who.role === 'marketer' ? row.marketer : undefined) ?? done;
}

/** Whether the row is not there for them: then every answer about it is the one about a row that never was. */
export const isHiddenFrom = (who: Principal, { on }: Row, place: Place): boolean =>
  on !== undefined && place !== 'malformed' && reach(who, on, place) === 'hidden';

function judge(
  has: 'hidden' | ListAccess,
  { needs, hidden = 'not_found', lacking = 'forbidden' }: Pick<Row, 'needs' | 'hidden' | 'lacking'>,
): Outcome | undefined {
  if (has === 'hidden') return hidden;
  return suffices(has, needs) ? undefined : lacking;
}

/** Whether rows are expected to be other ones afterwards. Whatever was denied must have left all as they were. */
export function changesRows(row: Row, outcome: Outcome, place: Place, who: Principal): boolean {
  if (outcome !== 'ok' || !row.changes) return false;
  return typeof row.changes === 'boolean' ? row.changes : row.changes(place, who);
}

export const marks = ['in-here', 'in-own', 'in-ungranted', 'in-mixed', 'in-there'];

/** The marks (./world.ts) that nobody of this kind may ever be shown. */
export function secretsFrom(who: Principal, endpoint: Endpoint): string[] {
  if (!isLetIn(who, endpoint) || who.at === 'former') return marks;
  if (who.at === 'there') return marks.filter((mark) => mark !== 'in-there');
  if (who.role !== 'marketer') return ['in-there'];
  const { own, ungranted } = who.grants;
  return [
    'in-there',
    ...(own ? [] : ['in-own']),
    ...(ungranted ? [] : ['in-ungranted']),
    ...(own && ungranted ? [] : ['in-mixed']),
  ];
}
