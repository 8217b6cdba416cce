import { Button, SimpleGrid } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import { SenderCard } from '@/components/sender-card';
import { authorizedPage } from '@/lib/action';
import { listSenders } from '@/lib/senders/senders';
import { SettingsTabs } from '../settings-tabs';
import { SenderMenu } from './sender-menu';

export const metadata = { title: 'Senders' };

export default authorizedPage('settings:read', async (scope) => {
  const senders = await listSenders(scope);
  return (
    <>
      <PageHeader
        title="Settings"
        description="A sender is a way out: through which server your campaigns go, from whom, and how fast."
        actions={
          <Button
            component={Link}
            href="/settings/senders/new"
            leftSection={<IconPlus size={16} aria-hidden />}
          >
            Add sender
          </Button>
        }
      />
      <SettingsTabs scope={scope} />
      <SimpleGrid cols={{ base: 1, md: 2 }} maw={960}>
        {senders.map((sender) => (
          <SenderCard
            key={sender.id}
            sender={sender}
            menu={!sender.isDefault && <SenderMenu id={sender.id} name={sender.name} />}
          />
        ))}
      </SimpleGrid>
    </>
  );
});
