import { type ListAccess, listAccesses, type Role } from '../db/states';
import { fail } from '../errors';
import type { ApiKeyId, ListId, UserId, WorkspaceId } from '../ids';

declare const minted: unique symbol;

/** Who acts. The system: a job of the worker, or whoever holds a signed public link. */
export type Principal =
  | { readonly kind: 'member'; readonly id: UserId; readonly role: Role }
  | { readonly kind: 'key'; readonly id: ApiKeyId; readonly role: Role }
  | { readonly kind: 'system' };

export type Grants = ReadonlyMap<ListId, ListAccess>;

/**
 * Proof that somebody may act in a workspace. Every query of lib takes one. Only the functions below can make one: grep
 * for them to see every door.
 */
export type Scope = {
  readonly workspaceId: WorkspaceId;
  readonly by: Principal;
  /** The lists that they reach. What hangs from others is not there for them: row-level security hides it. */
  readonly lists: 'all' | Grants;
  /** The network address that a request came from, for the audit log. */
  readonly address: string | null;
  readonly [minted]: true;
};

/**
 * For a member or an API key. Called by lib/auth/principals.ts alone, which has read role and grants from the database.
 * Only a marketer's rights are list by list.
 */
export function mintScope(
  workspaceId: WorkspaceId,
  by: Exclude<Principal, { kind: 'system' }>,
  grants: Grants,
  address: string | null = null,
): Scope {
  return { workspaceId, by, lists: by.role === 'marketer' ? grants : 'all', address } as Scope;
}

/** For a job of the worker, or a public link whose signature has been checked. */
export function mintSystemScope(workspaceId: WorkspaceId): Scope {
  return { workspaceId, by: { kind: 'system' }, lists: 'all', address: null } as Scope;
}

/** The member who acts, if it is one. */
export const userOf = ({ by }: Scope): UserId | null => (by.kind === 'member' ? by.id : null);

/** The API key that acts, if it is one. */
export const keyOf = ({ by }: Scope): ApiKeyId | null => (by.kind === 'key' ? by.id : null);

/** Whether what a list grants holds what is asked for. */
export function grants(scope: Scope, listId: ListId, access: ListAccess): boolean {
  if (scope.lists === 'all') return true;
  const granted = scope.lists.get(listId);
  return granted !== undefined && listAccesses.indexOf(granted) >= listAccesses.indexOf(access);
}

const doing: Record<ListAccess, string> = {
  view: 'see',
  edit: 'change',
  send: 'send to',
};

/** What somebody is told who sees a list and may not do this with it. */
export const lacking = (access: ListAccess, listName: string) =>
  fail(
    'forbidden',
    `You may not ${doing[access]} the list “${listName}”. Ask an admin of the workspace for the right to.`,
  );
