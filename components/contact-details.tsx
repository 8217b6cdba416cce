import { Anchor, Box, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Breakable } from './breakable';
import classes from './contact.module.css';
import { ContactConsent, ContactTextConsent } from './contact-consent';
import { formatDay } from './contact-time';
import { consentWords, type EmailConsent, type TextConsent, textConsentWords } from './contact-words';
import { Link } from './link';

type Props = {
  contact: EmailConsent &
    TextConsent & {
      country: string | null;
      timeZone: string | null;
      emailUnsubscribedAt: Date | null;
      smsUnsubscribedAt: Date | null;
      tracking: boolean;
      createdAt: Date;
    };
  /** Their personal code as people read it, and where staff see what it is good for. */
  code: { href: string; letters: string };
  attributes: { name: string; value: string }[];
  /** The workspace's, for the days shown. */
  timeZone: string;
};

/** Who somebody is, and what they agreed to. */
export function ContactDetails({ contact, code, attributes, timeZone }: Props) {
  const consent = consentWords(contact);
  const since = contact.emailSubscribed ? null : contact.emailUnsubscribedAt;
  const textsSince = contact.smsSubscribed ? null : contact.smsUnsubscribedAt;
  const countries = new Intl.DisplayNames('en', { type: 'region' });
  return (
    <Box component="section" aria-labelledby="details">
      <Title order={2} id="details" mb="sm">
        Details
      </Title>
      <dl className={classes.facts}>
        <Fact name="Campaigns">
          <ContactConsent contact={contact} />
          {since && ` since ${formatDay(since, timeZone)}`}
          <Text span display="block" fz="xs" c="dimmed">
            {consent.meaning}
          </Text>
        </Fact>
        <Fact name="Opens and clicks">{contact.tracking ? null : 'Not recorded'}</Fact>
        <Fact name="E-mail">{contact.email && <Breakable text={contact.email} />}</Fact>
        <Fact name="Phone">{contact.phone}</Fact>
        {contact.phone && (
          <Fact name="Text messages">
            <ContactTextConsent contact={contact} />
            {textsSince && ` since ${formatDay(textsSince, timeZone)}`}
            <Text span display="block" fz="xs" c="dimmed">
              {textConsentWords(contact)?.meaning}
            </Text>
          </Fact>
        )}
        <Fact name="Country">{contact.country && countries.of(contact.country)}</Fact>
        <Fact name="Time zone">{contact.timeZone?.replaceAll('_', ' ')}</Fact>
        <Fact name="Code">
          <Anchor component={Link} href={code.href} fz="inherit" underline="always" className="numbers">
            {code.letters}
          </Anchor>
        </Fact>
        <Fact name="Added">{formatDay(contact.createdAt, timeZone)}</Fact>
      </dl>
      {attributes.length > 0 && (
        <>
          <Title order={3} mt="lg" mb="xs" fz="sm">
            Attributes
          </Title>
          <dl className={classes.facts}>
            {attributes.map(({ name, value }) => (
              <Fact key={name} name={<code>{name}</code>}>
                {value}
              </Fact>
            ))}
          </dl>
        </>
      )}
    </Box>
  );
}

/** Nothing at all when it is not known. */
function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  if (children === null || children === undefined || children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
