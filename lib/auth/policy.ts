import type { Role } from '../db/states';
import type { Scope } from './scope';

export const permissions = [
  'contacts:read',
  'contacts:write',
  'campaigns:read',
  'campaigns:write',
  'campaigns:send',
  'settings:read',
  'settings:write',
] as const;
export type Permission = (typeof permissions)[number];

const grants: Record<Role, readonly Permission[]> = { owner: permissions };

/** What is not granted here is denied. The system's own scope may do all: its doors are the worker and signed links. */
export function may(scope: Scope, permission: Permission): boolean {
  return scope.user === null || grants[scope.user.role].includes(permission);
}
