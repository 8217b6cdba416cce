import { Button, SimpleGrid } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import { SenderCard } from '@/components/sender-card';
import { authorizedPage } from '@/lib/action';
import { may } from '@/lib/auth/policy';
import { listSenders } from '@/lib/senders/senders';
import { SettingsTabs } from '../settings-tabs';
import { SenderMenu } from './sender-menu';

export const metadata = { title: 'Senders' };

export default authorizedPage('settings:read', async (scope) => {
  const canChange = may(scope, 'settings:write');
  const senders = await listSenders(scope);
  return (
    <>
      <PageHeader
        title="Settings"
        description="A sender is a way out: through which server your campaigns go, from whom, and how fast."
        actions={
          canChange && (
            <Button
              component={Link}
              href="/settings/senders/new"
              leftSection={<IconPlus size={16} aria-hidden />}
            >
              Add sender
            </Button>
          )
        }
      />
      <SettingsTabs scope={scope} />
      <SimpleGrid cols={{ base: 1, md: 2 }} maw={960}>
        {senders.map((sender) => (
          <SenderCard
            key={sender.id}
            sender={sender}
            canOpen={canChange}
            menu={canChange && !sender.isDefault && <SenderMenu id={sender.id} name={sender.name} />}
          />
        ))}
      </SimpleGrid>
    </>
  );
});
