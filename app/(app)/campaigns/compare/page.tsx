import { Stack } from '@mantine/core';
import { notFound as noPage } from 'next/navigation';
import { z } from 'zod';
import { CampaignComparison } from '@/components/campaign-comparison';
import { PageHeader } from '@/components/page-header';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { compareCampaigns } from '@/lib/analytics/compare-campaigns';
import { CampaignId } from '@/lib/ids';

export const metadata = { title: 'Compare campaigns' };

const Ids = z
  .string()
  .max(500)
  .transform((text) => text.split(','))
  .pipe(z.array(CampaignId))
  .transform((ids) => [...new Set(ids)]);

export default authorizedPage('campaigns:read', async (scope, { search, member }) => {
  const ids = Ids.safeParse(search.ids);
  if (!ids.success) noPage();
  const campaigns = valueOrNotFound(await compareCampaigns(scope, ids.data));
  return (
    <>
      <PageHeader
        back={{ href: '/campaigns', label: 'Campaigns' }}
        title={`${campaigns.length} campaigns side by side`}
        description="Shares are of those that were sent. Each number opens the people behind it."
      />
      <Stack gap="md">
        <CampaignComparison campaigns={campaigns} timeZone={member.workspace.timeZone} />
      </Stack>
    </>
  );
});
