import { Group, Text } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { formatDay } from '@/components/contact-time';
import { type Column, DataTable } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { WebhookBadge } from '@/components/webhook-badge';
import { webhookMessageWords } from '@/components/webhook-words';
import { authorizedPage } from '@/lib/action';
import { listWebhooks, type Webhook } from '@/lib/webhooks/webhooks';
import { SettingsTabs } from '../settings-tabs';
import { NewWebhook } from './new-webhook';

export const metadata = { title: 'Webhooks' };

export default authorizedPage('settings:write', async (scope, { member }) => {
  const webhooks = await listWebhooks(scope);
  return (
    <>
      <PageHeader
        title="Settings"
        description="A webhook tells another program of what happens here, the moment it happens."
        actions={webhooks.length > 0 && <NewWebhook />}
      />
      <SettingsTabs scope={scope} />
      <DataTable
        label="Webhooks"
        columns={columns(member.workspace.timeZone)}
        rows={webhooks}
        rowKey={({ id }) => id}
        href={({ id }) => `/settings/webhooks/${id}`}
        empty={
          <EmptyState
            icon={<IconWebhook size={28} stroke={1.5} />}
            title="No webhooks yet"
            actions={<NewWebhook />}
          >
            Your shop or CRM can hear at once who unsubscribed, which message bounced, and when a campaign is
            done.
          </EmptyState>
        }
      />
    </>
  );
});

const columns = (timeZone: string): Column<Webhook>[] => [
  {
    key: 'url',
    header: 'Address',
    cell: (webhook) => (
      <>
        <Text span fz="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {webhook.url}
        </Text>
        <Group gap={8} mt={4} hiddenFrom="sm">
          <WebhookBadge of={webhook} />
        </Group>
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    from: 'sm',
    width: 130,
    cell: (webhook) => <WebhookBadge of={webhook} />,
  },
  {
    key: 'events',
    header: 'Told when',
    from: 'sm',
    width: '34%',
    cell: ({ events }) => (
      <Text fz="sm" c="dimmed" lineClamp={2}>
        {events.map(webhookMessageWords).join(' · ')}
      </Text>
    ),
  },
  {
    key: 'made',
    header: 'Added',
    from: 'md',
    width: 140,
    cell: ({ createdAt }) => (
      <Text fz="sm" c="dimmed">
        {formatDay(createdAt, timeZone)}
      </Text>
    ),
  },
];
