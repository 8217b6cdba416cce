import { Card, Stack, Text, Title } from '@mantine/core';
import { redirect } from 'next/navigation';
import { CampaignPreview } from '@/components/campaign-preview';
import { PageHeader } from '@/components/page-header';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { exampleMessage } from '@/lib/campaigns/example-message';
import { preflight } from '@/lib/campaigns/preflight';
import { TestForm } from '../../test-form';
import { campaignIdOf } from '../campaign-id';
import { ReviewFacts } from './review-facts';
import { ReviewProblems } from './review-problems';
import { SendNow } from './send-now';

export const metadata = { title: 'Review and send' };

export default authorizedPage('campaigns:send', async (scope, { params, member }) => {
  const id = campaignIdOf(params);
  const campaign = valueOrNotFound(await findCampaign(scope, id));
  if (campaign.status !== 'draft') redirect(`/campaigns/${id}`);
  const [checked, example] = await Promise.all([preflight(scope, id), exampleMessage(scope, id)]);
  const plan = valueOrNotFound(checked);
  const blocking = plan.problems.filter((problem) => problem.blocking);
  const warnings = plan.problems.filter((problem) => !problem.blocking);
  return (
    <div style={{ maxWidth: 720, margin: '0 auto' }}>
      <PageHeader
        back={{ href: `/campaigns/${id}/edit`, label: 'Back to the editor' }}
        title="Review and send"
        description={campaign.name}
      />
      <Stack gap="md">
        <ReviewProblems title="Before this can be sent" problems={blocking} tone="stop" />
        <Card component="section" aria-label="What will happen">
          <ReviewFacts campaign={campaign} plan={plan} />
        </Card>
        <ReviewProblems title="Good to know" problems={warnings} tone="note" />
        <Card component="section" aria-labelledby="look">
          <Title order={2} id="look">
            A last look
          </Title>
          {example.ok ? (
            <>
              <Text fw={600} mt="md" style={{ overflowWrap: 'anywhere' }}>
                {example.value.subject || 'No subject'}
              </Text>
              <Text c="dimmed" fz="sm" mb="md" style={{ overflowWrap: 'anywhere' }}>
                {campaign.preheader || 'No preheader'}
              </Text>
              <CampaignPreview html={example.value.html} subject={example.value.subject} height={400} />
              <Text c="dimmed" fz="xs" mt={6} style={{ overflowWrap: 'anywhere' }}>
                As {example.value.to} gets it
              </Text>
            </>
          ) : (
            <Text c="dimmed" mt="xs">
              There is nothing to look at until the message can be composed.
            </Text>
          )}
        </Card>
        <Card component="section" aria-labelledby="test">
          <Title order={2} id="test">
            Try it on yourself
          </Title>
          <TestForm
            id={id}
            ownAddress={member.session.user.email}
            contactId={null}
            isSandbox={plan.sender?.provider === 'sandbox'}
          />
        </Card>
        <SendNow id={id} name={campaign.name} plan={plan} canSend={blocking.length === 0} />
      </Stack>
    </div>
  );
});
