import { Alert, Group, Stack, Title } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { formatMoment } from '@/components/campaign-time';
import { DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { WebhookBadge } from '@/components/webhook-badge';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { WebhookId } from '@/lib/ids';
import { listMessages } from '@/lib/webhooks/messages';
import { findWebhook } from '@/lib/webhooks/webhooks';
import { messageColumns } from './message-columns';
import { RefreshWhileWaiting } from './refresh-while-waiting';
import { SigningKey } from './signing-key';
import { WebhookActions } from './webhook-actions';
import { WebhookSettings } from './webhook-settings';

export const metadata = { title: 'Webhook' };

const Search = z.object({ cursor: z.string().optional().catch(undefined) });

export default authorizedPage('settings:write', async (scope, { params, search, member }) => {
  const id = WebhookId.safeParse(params.id);
  if (!id.success) notFound();
  const webhook = valueOrNotFound(await findWebhook(scope, id.data));
  const page = await listMessages(scope, webhook.id, Search.parse(search));
  const { timeZone } = member.workspace;
  return (
    <>
      <PageHeader
        title={new URL(webhook.url).host}
        description={
          <Group component="span" gap={8}>
            <WebhookBadge of={webhook} />
          </Group>
        }
        back={{ href: '/settings/webhooks', label: 'Webhooks' }}
        actions={<WebhookActions id={webhook.id} isOn={webhook.disabledAt === null} />}
      />
      <Stack gap="xl">
        {webhook.disabledAt && (
          <Alert color="gray" variant="light" maw={720}>
            {webhook.problem ?? 'Somebody switched it off.'} It has been told of nothing since{' '}
            {formatMoment(webhook.disabledAt, timeZone)}. Switch it on when its receiver is ready.
          </Alert>
        )}
        {!webhook.disabledAt && webhook.failingSince && (
          <Alert color="red" variant="light" maw={720}>
            It has taken no message since {formatMoment(webhook.failingSince, timeZone)}. Each message is
            tried again for a day; if none gets through, the webhook is switched off and you get an e-mail.
          </Alert>
        )}
        <WebhookSettings id={webhook.id} initial={{ url: webhook.url, events: webhook.events }} />
        <SigningKey
          id={webhook.id}
          formerUntil={
            webhook.previousUntil && webhook.previousUntil > new Date()
              ? formatMoment(webhook.previousUntil, timeZone)
              : null
          }
        />
        <section>
          <Title order={2} fz="md" fw={600} mb="sm">
            Messages of the last 30 days
          </Title>
          <RefreshWhileWaiting waiting={page.rows.some(({ state }) => state === 'pending')} />
          <DataTable
            label="Messages"
            columns={messageColumns(webhook.id, timeZone)}
            rows={page.rows}
            rowKey={(message) => message.id}
            footer={<Pager page={page} />}
            empty={
              <EmptyState icon={<IconSend size={28} stroke={1.5} />} title="No messages yet" order={3}>
                Send a test to see whether its receiver takes it.
              </EmptyState>
            }
          />
        </section>
      </Stack>
    </>
  );
});
