import type { ListAccess, Role } from '@/lib/db/states';

export const roleWords: Record<Role, { label: string; meaning: string }> = {
  owner: { label: 'Owner', meaning: 'May do everything, and alone makes and changes owners.' },
  admin: { label: 'Admin', meaning: 'Reaches every list and campaign, the settings and the members.' },
  marketer: {
    label: 'Marketer',
    meaning: 'Works with the lists that are granted to them, and sees no others.',
  },
  viewer: { label: 'Viewer', meaning: 'Sees everything, and changes nothing.' },
};

export const aRole: Record<Role, string> = {
  owner: 'an owner',
  admin: 'an admin',
  marketer: 'a marketer',
  viewer: 'a viewer',
};

export const accessWords: Record<ListAccess, { label: string; meaning: string }> = {
  view: { label: 'View', meaning: 'see it, its contacts and campaigns' },
  edit: { label: 'Edit', meaning: 'also change its contacts' },
  send: { label: 'Send', meaning: 'also send campaigns to it' },
};
