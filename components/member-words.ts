import type { ListAccess, Role } from '@/lib/db/states';

export const roleWords: Record<Role, { label: string; meaning: string }> = {
  owner: { label: 'Owner', meaning: 'May do everything, and alone makes and changes owners.' },
  admin: { label: 'Admin', meaning: 'Reaches every list and campaign, the settings and the members.' },
  marketer: { label: 'Marketer', meaning: 'Works with the lists that you grant, and sees no others.' },
  viewer: { label: 'Viewer', meaning: 'Sees everything, and changes nothing.' },
};

export const aRole: Record<Role, string> = {
  owner: 'an owner',
  admin: 'an admin',
  marketer: 'a marketer',
  viewer: 'a viewer',
};

export const accessWords: Record<ListAccess, { label: string; meaning: string }> = {
  view: { label: 'View', meaning: 'see the list, its contacts and its campaigns' },
  edit: { label: 'Edit', meaning: 'and add, change and remove contacts' },
  send: { label: 'Send', meaning: 'and send campaigns to it' },
};
