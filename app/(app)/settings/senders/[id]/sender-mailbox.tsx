import { Alert, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import { formatCount } from '@/components/campaign-words';
import { mailboxFields } from '@/lib/bounces/mailbox-config';
import type { MailboxView } from '@/lib/bounces/mailboxes';
import type { SenderId } from '@/lib/ids';
import { unreadableConfig } from '@/lib/senders/open-sender';
import { MailboxForm } from './mailbox-form';

type Props = { id: SenderId; mailbox: MailboxView | null; timeZone: string };

const initial = Object.fromEntries(mailboxFields.map((field) => [field.name, field.initial]));

/** The mailbox in which the messages of an SMTP server come back. */
export function SenderMailbox({ id, mailbox, timeZone }: Props) {
  const { label, color } = badgeOf(mailbox);
  return (
    <Card padding="lg" maw={720} mt="lg" component="section" aria-labelledby="mailbox">
      <Stack>
        <div>
          <Group gap={8}>
            <Title order={2} id="mailbox">
              What comes back
            </Title>
            <Badge size="sm" variant="dot" color={color} tt="none" fw={550}>
              {label}
            </Badge>
          </Group>
          <Text fz="sm" c="dimmed">
            Mail servers return what they cannot deliver, to the address under Bounces go to, or else to the
            one under From. Posthaste reads that mailbox every minute: whoever returns a message for good, or
            three in a row for now, or complains, is suppressed. Anything else that lies there is left as it
            is.
          </Text>
        </div>
        {mailbox && <State mailbox={mailbox} timeZone={timeZone} />}
        <MailboxForm
          key={mailbox ? 'set' : 'none'}
          id={id}
          fields={mailboxFields}
          values={mailbox?.values ?? initial}
          isSet={mailbox !== null}
          isReadable={mailbox?.values != null}
        />
      </Stack>
    </Card>
  );
}

function badgeOf(mailbox: MailboxView | null) {
  if (!mailbox) return { label: 'Not set up', color: 'gray' };
  if (mailbox.problem || !mailbox.values) return { label: 'Cannot be read', color: 'red' };
  return mailbox.readAt
    ? { label: 'Read every minute', color: 'teal' }
    : { label: 'Not read yet', color: 'gray' };
}

function State({ mailbox, timeZone }: { mailbox: MailboxView; timeZone: string }) {
  const { problem, readAt, reports, reportAt, values } = mailbox;
  const wrong = values ? problem : unreadableConfig;
  return (
    <>
      {wrong && (
        <Alert color="red" variant="light" title="It could not be read the last time">
          {wrong} Nothing is lost: it is tried again by itself.
        </Alert>
      )}
      {readAt && (
        <Text fz="sm" c="dimmed">
          Read last {formatMoment(readAt, timeZone)}.{' '}
          {reportAt
            ? `${formatCount(reports)} ${reports === 1 ? 'report' : 'reports'} until now, the last one ${formatMoment(reportAt, timeZone)}.`
            : 'No reports until now.'}
        </Text>
      )}
    </>
  );
}
