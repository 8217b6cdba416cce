import { type Role, roles } from '../db/states';
import type { Scope } from './scope';

export const permissions = [
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

/**
 * What is not granted here is denied. The system's own scope may do all: its doors are the worker and signed links. What a
 * marketer may do with a list is said by the list's grants besides (./scope.ts).
 */
export function may(scope: Scope, permission: Permission): boolean {
  return scope.by.kind === 'system' || granted[scope.by.role].includes(permission);
}

/** Who holds a permission, for whoever reads about it. */
export const rolesThatMay = (permission: Permission): Role[] =>
  roles.filter((role) => granted[role].includes(permission));
