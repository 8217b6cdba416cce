/*
 * Every action of the audit log in plain words. A sentence goes: who, `says`, the name of what it was done to; then what
 * `more` adds. A test holds that each action that lib writes is here.
 */

import type { Permission } from '@/lib/auth/policy';
import { formatMoment } from './campaign-time';

type Detail = Record<string, unknown>;
type Words = { says: string; more?: (detail: Detail, timeZone: string) => string };

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const count = (value: unknown, one: string, many: string): string =>
  typeof value === 'number' ? `${value.toLocaleString('en')} ${value === 1 ? one : many}` : '';
const people = (value: unknown) => count(value, 'person', 'people');
const contacts = (value: unknown) => count(value, 'contact', 'contacts');
const length = (value: unknown) => (Array.isArray(value) ? value.length : undefined);
const joined = (...parts: string[]) => parts.filter(Boolean).join(', ');
const byLink = ({ deliveryId }: Detail) => (deliveryId ? 'by the link in a message' : '');
const problem = ({ problem: said }: Detail) => text(said);

/** A time of the log's detail, by the clocks of the zone in which it was said. */
function moment(value: unknown, zone: string): string {
  const at = Date.parse(text(value));
  return Number.isNaN(at) ? '' : `for ${formatMoment(new Date(at), zone)}, ${zone}`;
}

/** What a permission is about, for whoever was refused it. */
const permissions: Record<Permission, string> = {
  account: 'their own account',
  'contacts:read': 'seeing contacts',
  'contacts:write': 'changing contacts and lists',
  'campaigns:read': 'seeing campaigns',
  'campaigns:write': 'writing campaigns',
  'campaigns:send': 'sending campaigns',
  'settings:read': 'seeing the settings',
  'settings:write': 'changing the settings',
  'members:read': 'seeing the members',
  'members:write': 'changing the members',
  'keys:write': 'API keys',
  'audit:read': 'the audit log',
  'system:read': 'the system page',
};
const lacked = (value: unknown): string => {
  const words = new Map<string, string>(Object.entries(permissions)).get(text(value));
  return words === undefined ? '' : `${words} takes another role`;
};

const campaign: Record<string, Words> = {
  'campaign.created': {
    says: 'created the campaign',
    more: ({ duplicateOf }) => (duplicateOf ? 'as a copy' : ''),
  },
  'campaign.deleted': { says: 'deleted the campaign' },
  'campaign.tested': {
    says: 'sent a test of',
    more: ({ sent, of }) => `${text(sent)} of ${text(of)} went out`,
  },
  'campaign.limits_changed': { says: 'changed the limits of' },
  'campaign.schedule': { says: 'scheduled', more: ({ at, zone }, here) => moment(at, text(zone) || here) },
  'campaign.unschedule': { says: 'took back to draft' },
  'campaign.hold': { says: 'held back', more: problem },
  'campaign.launch': { says: 'sent off' },
  'campaign.pause': { says: 'paused', more: problem },
  'campaign.resume': { says: 'resumed' },
  'campaign.cancel': { says: 'cancelled' },
  'campaign.complete': {
    says: 'completed',
    more: ({ sent, failed }) => joined(`${text(sent)} sent`, failed ? `${text(failed)} failed` : ''),
  },
  'campaign.retry': { says: 'tried again to send', more: ({ count: n }) => people(n) },
  'campaign.accept_unconfirmed': {
    says: 'left unconfirmed messages as they are in',
    more: ({ count: n }) => people(n),
  },
};

const contact: Record<string, Words> = {
  'contact.created': { says: 'added the contact' },
  'contact.edited': {
    says: 'edited the contact',
    more: ({ fields }) => (Array.isArray(fields) ? fields.map(text).join(', ') : ''),
  },
  'contact.lists_changed': {
    says: 'changed the lists of the contact',
    more: ({ added, removed }) =>
      joined(
        length(added) ? `put on ${count(length(added), 'list', 'lists')}` : '',
        length(removed) ? `taken off ${count(length(removed), 'list', 'lists')}` : '',
      ),
  },
  'contact.erased': { says: 'erased a contact' },
  'contact.offer_redeemed': { says: 'redeemed an offer for' },
  'contact.redemption_undone': { says: 'took back that an offer was redeemed for' },
  'contact.tracking_chosen': {
    says: 'changed whether opens and clicks are recorded of',
    more: (detail) => joined(detail.tracking ? 'switched on' : 'switched off', byLink(detail)),
  },
  'contact.unsubscribed': { says: 'unsubscribed the contact', more: byLink },
  'contact.resubscribed': { says: 'resubscribed the contact', more: byLink },
  'address.suppressed': {
    says: 'stopped writing to',
    more: ({ reason }) =>
      ({ manual: 'by hand', complained: 'reported as spam', opted_out: 'told the provider to stop' })[
        text(reason)
      ] ?? 'bounced',
  },
  'address.suppressed_many': {
    says: 'stopped writing to',
    more: ({ count: n, note }) => joined(count(n, 'address', 'addresses'), text(note)),
  },
  'address.unsuppressed': { says: 'allowed to write again to', more: ({ note }) => text(note) },
};

const list: Record<string, Words> = {
  'list.created': { says: 'created the list' },
  'list.renamed': { says: 'renamed a list to', more: ({ from }) => `before: ${text(from)}` },
  'list.archived': { says: 'archived the list' },
  'list.restored': { says: 'restored the list' },
  'list.contacts_added': { says: 'added contacts to the list', more: ({ count: n }) => contacts(n) },
  'list.contacts_removed': { says: 'took contacts off the list', more: ({ count: n }) => contacts(n) },
};

const imported: Record<string, Words> = {
  'import.uploaded': { says: 'uploaded for import', more: ({ bytes }) => count(bytes, 'byte', 'bytes') },
  'import.started': { says: 'started to import' },
  'import.completed': {
    says: 'finished to import',
    more: ({ created, updated }) => joined(`${text(created)} new`, `${text(updated)} updated`),
  },
  'import.failed': { says: 'could not import', more: problem },
  'import.cancelled': {
    says: 'cancelled the import of',
    more: ({ rows }) => `after ${count(rows, 'row', 'rows')}`,
  },
  'import.forgotten': { says: 'removed an upload that nobody imported:' },
};

const settings: Record<string, Words> = {
  'workspace.created': { says: 'created the workspace' },
  'workspace.changed': { says: 'changed the profile of the workspace' },
  'workspace.alert_rules_changed': { says: 'changed when alerts of the workspace open' },
  'workspace.sending_rules_changed': { says: 'changed the sending rules of the workspace' },
  'workspace.tracking_changed': {
    says: 'changed whether opens and clicks are recorded in the workspace',
    more: ({ tracking }) => (tracking ? 'to yes' : 'to no'),
  },
  'sender.created': { says: 'added the sender', more: ({ provider }) => text(provider) },
  'sender.changed': { says: 'changed the sender' },
  'sender.made_default': { says: 'made the default sender' },
  'sender.selectors_changed': { says: 'changed the DKIM selectors of' },
  'sender.mailbox_saved': {
    says: 'set the mailbox in which messages come back to',
    more: ({ host }) => text(host),
  },
  'sender.mailbox_removed': { says: 'removed the mailbox in which messages come back to' },
  'sender.deleted': { says: 'deleted the sender' },
  'webhook.created': { says: 'added the webhook' },
  'webhook.changed': { says: 'changed the webhook' },
  'webhook.secret_rotated': { says: 'made a new key for the webhook' },
  'webhook.switched_on': { says: 'switched on the webhook' },
  'webhook.switched_off': { says: 'switched off the webhook', more: problem },
  'webhook.deleted': { says: 'deleted the webhook' },
  'webhook.message_sent_again': { says: 'sent a message again to the webhook' },
  'sandbox.cleared': {
    says: 'emptied the sandbox inbox',
    more: ({ messages }) => count(messages, 'message', 'messages'),
  },
  'sample_data.loaded': { says: 'loaded the sample data' },
  'sample_data.removed': { says: 'removed the sample data' },
};

const access: Record<string, Words> = {
  'api_key.created': {
    says: 'made the API key',
    more: ({ role, grants }) =>
      joined(text(role), length(grants) ? count(length(grants), 'list', 'lists') : ''),
  },
  'api_key.revoked': { says: 'revoked the API key' },
  'member.password_reset': { says: 'gave a new password to', more: ({ name }) => text(name) },
  'member.joined': { says: 'joined as', more: ({ role }) => text(role) },
  'member.left': { says: 'left the workspace', more: ({ role }) => text(role) },
  'member.removed': { says: 'removed the member', more: ({ email }) => text(email) },
  'member.role_changed': {
    says: 'changed the role of',
    more: ({ from, to }) => `from ${text(from)} to ${text(to)}`,
  },
  'member.list_access_changed': {
    says: 'changed the access to a list of',
    more: ({ list: name, from, to }) =>
      joined(text(name), `${text(from) || 'none'} to ${text(to) || 'none'}`),
  },
  'invitation.created': { says: 'invited', more: ({ email, role }) => joined(text(email), text(role)) },
  'invitation.renewed': { says: 'renewed the invitation of', more: ({ email }) => text(email) },
  'invitation.revoked': { says: 'took back the invitation of', more: ({ email }) => text(email) },
  'account.signed_in': { says: 'signed in' },
  'account.renamed': { says: 'changed their name to', more: ({ name }) => text(name) },
  'account.password_changed': { says: 'changed their password' },
  'account.password_reset': { says: 'chose a new password by a link' },
  'account.signed_out': {
    says: 'ended other sessions',
    more: ({ sessionsEnded }) => count(sessionsEnded, 'session', 'sessions'),
  },
  'authorization.denied': {
    says: 'was refused',
    more: ({ permission, path, said }) => joined(text(said) || lacked(permission), text(path)),
  },
};

export const auditWords: Readonly<Record<string, Words>> = {
  ...campaign,
  ...contact,
  ...list,
  ...imported,
  ...settings,
  ...access,
};

/** What one can look at alone: `subjects` is what stands before the dot of an action. */
export const auditGroups = {
  campaigns: { label: 'Campaigns', subjects: ['campaign'] },
  contacts: { label: 'Contacts', subjects: ['contact', 'address'] },
  lists: { label: 'Lists', subjects: ['list'] },
  imports: { label: 'Imports', subjects: ['import'] },
  settings: {
    label: 'Settings, senders and webhooks',
    subjects: ['workspace', 'sender', 'webhook', 'sandbox', 'sample_data'],
  },
  access: { label: 'Members and API keys', subjects: ['member', 'invitation', 'account', 'api_key'] },
  refusals: { label: 'Refusals', subjects: ['authorization'] },
} as const satisfies Record<string, { label: string; subjects: readonly string[] }>;

/** An action in words. One that another version wrote is told as it is. */
export function tellAction(action: string, detail: Detail, timeZone: string): { says: string; more: string } {
  const words = auditWords[action];
  return { says: words?.says ?? action, more: words?.more?.(detail, timeZone) ?? '' };
}

export const systemName = 'The system';
