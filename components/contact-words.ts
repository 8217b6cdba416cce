import type { Suppression } from '@/lib/contacts/list-contacts';

export type EmailConsent = {
  email: string | null;
  emailSubscribed: boolean;
  suppression: Suppression | null;
};

export type TextConsent = {
  phone: string | null;
  smsSubscribed: boolean;
  textSuppression: Suppression | null;
};
type ConsentWords = { label: string; color: string; meaning: string };

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
export function consentWords(contact: EmailConsent): ConsentWords {
  if (contact.suppression) return { ...suppressed[contact.suppression], color: 'red' };
  if (!contact.email) return { label: 'No address', color: 'gray', meaning: 'Has no e-mail address.' };
  if (!contact.emailSubscribed)
    return { label: 'Unsubscribed', color: 'gray', meaning: 'Campaigns skip this person.' };
  return { label: 'Subscribed', color: 'teal', meaning: 'Gets the campaigns of every list they are on.' };
}

const textsStopped: Record<Suppression, string> = {
  bounced: 'Nobody can be reached at this number. It gets no text messages any more.',
  complained: 'Complained about a text message. This number gets none any more.',
  opted_out: 'Texted STOP. This number gets no text messages any more.',
  manual: 'Somebody here put this number on the suppression list.',
};

/** The same of text messages; null for somebody without a number, of whom there is nothing to say. */
export function textConsentWords(contact: TextConsent): ConsentWords | null {
  if (!contact.phone) return null;
  if (contact.textSuppression)
    return { label: 'Texts stopped', color: 'red', meaning: textsStopped[contact.textSuppression] };
  if (!contact.smsSubscribed)
    return { label: 'No texts', color: 'gray', meaning: 'Has not agreed to text messages.' };
  return { label: 'Texts', color: 'teal', meaning: 'Gets the text messages of every list they are on.' };
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
