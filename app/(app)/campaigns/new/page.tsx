import { Card } from '@mantine/core';
import { PageHeader } from '@/components/page-header';
import { authorizedPage } from '@/lib/action';
import { NewCampaignForm } from '../new-campaign-form';

export const metadata = { title: 'New campaign' };

export default authorizedPage('campaigns:write', async () => (
  <div style={{ maxWidth: 560, margin: '0 auto' }}>
    <PageHeader back={{ href: '/campaigns', label: 'Campaigns' }} title="New campaign" />
    <Card>
      <NewCampaignForm />
    </Card>
  </div>
));
