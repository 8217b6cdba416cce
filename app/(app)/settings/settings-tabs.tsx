import { SettingsNav } from '@/components/sender-settings-nav';
import { may, type Permission } from '@/lib/auth/policy';
import type { Scope } from '@/lib/auth/scope';

const places: { href: string; label: string; permission: Permission }[] = [
  { href: '/settings', label: 'Workspace', permission: 'settings:read' },
  { href: '/settings/senders', label: 'Senders', permission: 'settings:read' },
  { href: '/settings/suppressions', label: 'Suppressions', permission: 'settings:read' },
  { href: '/settings/members', label: 'Members', permission: 'members:read' },
  { href: '/settings/api-keys', label: 'API keys', permission: 'keys:write' },
  { href: '/settings/webhooks', label: 'Webhooks', permission: 'settings:write' },
  { href: '/settings/audit', label: 'Audit log', permission: 'audit:read' },
];

/** The tabs that somebody may open: what leads to a refusal is not offered. */
export function SettingsTabs({ scope }: { scope: Scope }) {
  const open = places.filter(({ permission }) => may(scope, permission));
  return <SettingsNav places={open.map(({ href, label }) => ({ href, label }))} />;
}
