import type { Role } from '../db/states';
import type { UserId, WorkspaceId } from '../ids';

declare const minted: unique symbol;

/**
 * Proof that somebody may act in a workspace. Every query of lib takes one. Only the two functions below can make one:
 * grep for them to see every door.
 */
export type Scope = {
  readonly workspaceId: WorkspaceId;
  /** Null: the system itself, in the worker or behind a signed public link. */
  readonly user: { readonly id: UserId; readonly role: Role } | null;
  readonly [minted]: true;
};

/** For a signed-in member. Called by lib/auth/session.ts alone, after it has read the membership from the database. */
export function mintMemberScope(workspaceId: WorkspaceId, user: { id: UserId; role: Role }): Scope {
  return { workspaceId, user } as Scope;
}

/** For a job of the worker, or a public link whose signature has been checked. */
export function mintSystemScope(workspaceId: WorkspaceId): Scope {
  return { workspaceId, user: null } as Scope;
}
