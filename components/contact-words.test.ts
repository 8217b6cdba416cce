import { expect, it } from 'vitest';
import { textConsentWords } from './contact-words';

it.each([
  [{ phone: null, smsSubscribed: false, textSuppression: null }, undefined],
  [{ phone: '+4930901820', smsSubscribed: false, textSuppression: null }, 'No texts'],
  [{ phone: '+4930901820', smsSubscribed: true, textSuppression: null }, 'Texts'],
  // What stops a message counts before consent.
  [{ phone: '+4930901820', smsSubscribed: true, textSuppression: 'opted_out' as const }, 'Texts stopped'],
])('says of %o “%s”', (contact, label) => {
  expect(textConsentWords(contact)?.label).toBe(label);
});
