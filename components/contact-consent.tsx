import classes from './contact.module.css';
import { consentWords } from './contact-words';

/** Whether campaigns reach this person. */
export function ContactConsent(props: { contact: Parameters<typeof consentWords>[0] }) {
  const { label, color, meaning } = consentWords(props.contact);
  return (
    <span className={classes.consent} data-color={color} title={meaning}>
      {label}
    </span>
  );
}
