import { Alert } from '@mantine/core';
import { notFound } from 'next/navigation';
import { PageHeader } from '@/components/page-header';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { findMailbox } from '@/lib/bounces/mailboxes';
import { isLocal } from '@/lib/campaigns/problems';
import { reportAddress } from '@/lib/deliveries/report-address';
import { senderDomain } from '@/lib/domains/sender-domain';
import { env } from '@/lib/env';
import { SenderId } from '@/lib/ids';
import { providers } from '@/lib/providers/registry';
import { limitsOf } from '@/lib/senders/limits';
import { unreadableConfig } from '@/lib/senders/open-sender';
import { findSender } from '@/lib/senders/senders';
import { SenderForm } from '../sender-form';
import { SenderDomain } from './sender-domain';
import { SenderMailbox } from './sender-mailbox';
import { SenderReplies } from './sender-replies';
import { SenderReports } from './sender-reports';

export const metadata = { title: 'Sender' };

export default authorizedPage('settings:write', async (scope, { params, member }) => {
  const id = SenderId.safeParse(params.id);
  if (!id.success) notFound();
  const sender = valueOrNotFound(await findSender(scope, id.data));
  const isEmail = sender.channel === 'email';
  const domain = isEmail ? valueOrNotFound(await senderDomain(scope, id.data)) : null;
  const { fields, label } = providers[sender.provider];
  const initial = Object.fromEntries(fields.map((field) => [field.name, field.initial]));
  return (
    <>
      <PageHeader
        title={sender.name}
        description={
          sender.isDefault
            ? `${label} · the default for new ${isEmail ? 'campaigns' : 'text messages'}`
            : label
        }
        back={{ href: '/settings/senders', label: 'Senders' }}
      />
      {!sender.settings && (
        <Alert color="red" variant="light" mb="lg" maw={720}>
          {unreadableConfig}
        </Alert>
      )}
      <SenderForm
        id={sender.id}
        provider={sender.provider}
        fields={fields}
        secretsSet={sender.settings?.secretsSet ?? []}
        details={{ ...sender, replyTo: sender.replyTo ?? '', limits: limitsOf(sender) }}
        settings={sender.settings?.values ?? initial}
      />
      {sender.provider === 'resend' && (
        <SenderReports
          label={label}
          address={reportAddress(scope, sender)}
          isSet={sender.settings?.secretsSet.includes('webhookSecret') ?? false}
        />
      )}
      {sender.provider === 'twilio' && (
        <SenderReplies address={reportAddress(scope, sender)} isLocal={isLocal(env().APP_URL)} />
      )}
      {sender.provider === 'smtp' && (
        <SenderMailbox
          id={sender.id}
          mailbox={await findMailbox(scope, sender.id)}
          timeZone={member.workspace.timeZone}
        />
      )}
      {domain && sender.provider !== 'sandbox' && (
        <SenderDomain id={sender.id} checked={domain} timeZone={member.workspace.timeZone} />
      )}
    </>
  );
});
