import type { Suppression } from '@/lib/contacts/list-contacts';

type Consent = { email: string | null; emailSubscribed: boolean; suppression: Suppression | null };

const suppressed: Record<Suppression, { label: string; meaning: string }> = {
  bounced: { label: 'Bounced', meaning: 'Mail to this address came back. Nothing is sent to it any more.' },
  complained: {
    label: 'Complained',
    meaning: 'Reported a message as spam. Nothing is sent to this address any more.',
  },
  opted_out: {
    label: 'Opted out',
    meaning: 'Told the provider to stop. Nothing is sent to this address any more.',
  },
  manual: { label: 'Suppressed', meaning: 'Somebody here put this address on the suppression list.' },
};

/** Whether a campaign reaches somebody, in a word and in a sentence. What stops a message counts before consent. */
export function consentWords(contact: Consent): { label: string; color: string; meaning: string } {
  if (contact.suppression) return { ...suppressed[contact.suppression], color: 'red' };
  if (!contact.email) return { label: 'No address', color: 'gray', meaning: 'Has no e-mail address.' };
  if (!contact.emailSubscribed)
    return { label: 'Unsubscribed', color: 'gray', meaning: 'Campaigns skip this person.' };
  return { label: 'Subscribed', color: 'teal', meaning: 'Gets the campaigns of every list they are on.' };
}

export const contactName = (contact: { firstName: string; lastName: string }): string =>
  `${contact.firstName} ${contact.lastName}`.trim();

/** What a contact is called where there is room for one line. */
export const contactTitle = (contact: {
  firstName: string;
  lastName: string;
  email: string | null;
  phone: string | null;
}): string => contactName(contact) || contact.email || contact.phone || 'Without a name';

/** "1 contact", "12,480 contacts". */
export const countContacts = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'contact' : 'contacts'}`;
