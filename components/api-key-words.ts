import type { ListAccess, Role } from '@/lib/db/states';

/** What a key of each role is for. */
export const keyRoleWords: Record<Role, { label: string; meaning: string }> = {
  owner: { label: 'Owner', meaning: 'Everything that owners may do.' },
  admin: { label: 'Admin', meaning: 'Everything that admins may do.' },
  marketer: { label: 'Marketer', meaning: 'Contacts and campaigns of the lists that you choose.' },
  viewer: { label: 'Viewer', meaning: 'Sees everything and changes nothing.' },
};

export const listAccessWords: Record<ListAccess, string> = {
  view: 'View',
  edit: 'View and edit',
  send: 'View, edit and send',
};

export const keyLifetimes = [
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: 'One year' },
  { days: null, label: 'Never, until it is revoked' },
] as const;
