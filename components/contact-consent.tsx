import classes from './contact.module.css';
import { consentWords, type EmailConsent, type TextConsent, textConsentWords } from './contact-words';

/** Whether campaigns reach this person by e-mail. */
export function ContactConsent({ contact }: { contact: EmailConsent }) {
  return <Consent {...consentWords(contact)} />;
}

/** Whether they do by text message; nothing without a number. */
export function ContactTextConsent({ contact }: { contact: TextConsent }) {
  const words = textConsentWords(contact);
  return words && <Consent {...words} />;
}

/** Both. Whoever has a number alone is not missing an address. */
export function ContactConsents({ contact }: { contact: EmailConsent & TextConsent }) {
  return (
    <span className={classes.consents}>
      {(contact.email || !contact.phone) && <ContactConsent contact={contact} />}
      <ContactTextConsent contact={contact} />
    </span>
  );
}

function Consent({ label, color, meaning }: { label: string; color: string; meaning: string }) {
  return (
    <span className={classes.consent} data-color={color} title={meaning}>
      {label}
    </span>
  );
}
