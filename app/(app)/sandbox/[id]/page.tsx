import { Group, Paper } from '@mantine/core';
import { notFound } from 'next/navigation';
import { formatMoment } from '@/components/campaign-time';
import { PageHeader } from '@/components/page-header';
import { PhonePreview } from '@/components/phone-preview';
import classes from '@/components/sandbox.module.css';
import { SandboxBadges } from '@/components/sandbox-badges';
import { SandboxMessageView } from '@/components/sandbox-message';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { SandboxMessageId } from '@/lib/ids';
import { fateOf, ordinaryFate } from '@/lib/providers/sandbox-fates';
import { findSandboxMessage } from '@/lib/sandbox/inbox';

export const metadata = { title: 'Message' };

export default authorizedPage('campaigns:read', async (scope, { params, member }) => {
  const id = SandboxMessageId.safeParse(params.id);
  if (!id.success) notFound();
  const message = valueOrNotFound(await findSandboxMessage(scope, id.data));
  const isTest = message.testedBy !== null;
  const fate = fateOf(message.to);
  const isText = message.html === '' && message.headers.length === 0;
  return (
    <>
      <PageHeader
        title={message.subject || (isText ? 'Text message' : '(no subject)')}
        back={{ href: '/sandbox', label: 'Sandbox inbox' }}
        actions={
          <Group gap={6}>
            <SandboxBadges to={message.to} isTest={isTest} />
          </Group>
        }
      />
      <Paper withBorder p="md" mb="md">
        <dl className={classes.meta}>
          {!isText && (
            <>
              <dt>From</dt>
              <dd>{message.from}</dd>
            </>
          )}
          <dt>To</dt>
          <dd>{message.to}</dd>
          <dt>Sent</dt>
          <dd className="numbers">{formatMoment(message.createdAt, member.workspace.timeZone)}</dd>
          {fate !== ordinaryFate && (
            <>
              <dt>Played</dt>
              <dd>
                {fate.name}@: {fate.does}
              </dd>
            </>
          )}
        </dl>
      </Paper>
      {isText ? (
        <PhonePreview from={member.workspace.name} text={message.text} opens />
      ) : (
        <SandboxMessageView
          subject={message.subject}
          html={message.html}
          text={message.text}
          headers={message.headers}
        />
      )}
    </>
  );
});
