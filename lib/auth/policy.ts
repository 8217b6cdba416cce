import { type Role, roles } from '../db/states';
import type { ListId } from '../ids';
import { grants, type Scope } from './scope';

const permissions = [
  'account', // what is one's own: every member
  'contacts:read',
  'contacts:write',
  'campaigns:read',
  'campaigns:write',
  'campaigns:send',
  'settings:read',
  'settings:write',
  'members:read',
  'members:write',
  'keys:write',
  'audit:read',
  'system:read',
] as const;
export type Permission = (typeof permissions)[number];

const reads = ['account', 'contacts:read', 'campaigns:read'] as const satisfies Permission[];
const works = ['contacts:write', 'campaigns:write', 'campaigns:send'] as const satisfies Permission[];

const granted: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions,
  marketer: [...reads, ...works],
  viewer: [...reads, 'settings:read', 'members:read'],
};

export const roleMay = (role: Role, permission: Permission): boolean => granted[role].includes(permission);

/**
 * What is not granted here is denied. The system's own scope may do all: its doors are the worker and signed links. What a
 * marketer may do with a list is said by the list's grants besides (./scope.ts).
 */
export function may(scope: Scope, permission: Permission): boolean {
  return scope.by.kind === 'system' || roleMay(scope.by.role, permission);
}

/** Whether somebody may change a list that they see, and what stands on it. */
export const mayChangeList = (scope: Scope, listId: ListId): boolean =>
  may(scope, 'contacts:write') && grants(scope, listId, 'edit');

/** Whether somebody may write and send campaigns to all of these lists, which they see. */
export const maySendToLists = (scope: Scope, listIds: ListId[]): boolean =>
  may(scope, 'campaigns:send') && listIds.every((listId) => grants(scope, listId, 'send'));

/** All that somebody may do, for pages that offer no more than that. */
export const permissionsOf = (scope: Scope): Permission[] =>
  permissions.filter((permission) => may(scope, permission));

/** Whether a role is no higher than one's own: nobody gives away what they do not have. */
export const mayGiveRole = (own: Role, role: Role): boolean => roles.indexOf(role) >= roles.indexOf(own);
