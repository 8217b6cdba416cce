import { Badge } from '@mantine/core';
import { consentWords } from './contact-words';

/** Whether campaigns reach this person. */
export function ContactConsent(props: { contact: Parameters<typeof consentWords>[0] }) {
  const { label, color, meaning } = consentWords(props.contact);
  return (
    <Badge variant="dot" color={color} size="md" tt="none" fw={500} title={meaning}>
      {label}
    </Badge>
  );
}
