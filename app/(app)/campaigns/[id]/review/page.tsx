import { Box, Card, Stack, Text, Title } from '@mantine/core';
import { redirect } from 'next/navigation';
import { CampaignPreview } from '@/components/campaign-preview';
import { PageHeader } from '@/components/page-header';
import { PhonePreview } from '@/components/phone-preview';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { may, maySendToLists } from '@/lib/auth/policy';
import { type Campaign, findCampaign } from '@/lib/campaigns/campaigns';
import { exampleMessage } from '@/lib/campaigns/example-message';
import { localParts, whichOfTwo } from '@/lib/campaigns/local-time';
import { preflight } from '@/lib/campaigns/preflight';
import { canChange } from '@/lib/campaigns/transitions';
import { timeZoneOptions } from '@/lib/workspaces/places';
import { TestForm } from '../../test-form';
import { campaignIdOf } from '../campaign-id';
import { ReviewFacts } from './review-facts';
import { ReviewProblems } from './review-problems';
import type { When } from './schedule-form';
import { WhenToSend } from './when-to-send';

export const metadata = { title: 'Review and send' };

export default authorizedPage('campaigns:send', async (scope, { params, member }) => {
  const id = campaignIdOf(params);
  const campaign = valueOrNotFound(await findCampaign(scope, id));
  if (!canChange(campaign.status, 'launch') || !maySendToLists(scope, campaign.listIds))
    redirect(`/campaigns/${id}`);
  const seesSettings = may(scope, 'settings:read');
  const isScheduled = campaign.status === 'scheduled';
  const { timeZone } = member.workspace;
  const [checked, example] = await Promise.all([preflight(scope, id), exampleMessage(scope, id)]);
  const plan = valueOrNotFound(checked);
  const blocking = plan.problems.filter((problem) => problem.blocking);
  const warnings = plan.problems.filter((problem) => !problem.blocking && !problem.note);
  const notes = plan.problems.filter((problem) => problem.note);
  return (
    <div style={{ maxWidth: 720, margin: '0 auto' }}>
      <PageHeader
        back={
          isScheduled
            ? { href: `/campaigns/${id}`, label: campaign.name }
            : { href: `/campaigns/${id}/edit`, label: 'Back to the editor' }
        }
        title="Review and send"
        description={campaign.name}
      />
      <Stack gap="md">
        <ReviewProblems
          title="Before this can be sent"
          problems={blocking}
          tone="stop"
          seesSettings={seesSettings}
        />
        <Card component="section" aria-label="What will happen">
          <ReviewFacts campaign={campaign} plan={plan} />
        </Card>
        <ReviewProblems
          title="Worth mending first"
          problems={warnings}
          tone="warning"
          seesSettings={seesSettings}
        />
        <ReviewProblems title="Good to know" problems={notes} tone="note" seesSettings={seesSettings} />
        <Card component="section" aria-labelledby="look">
          <Title order={2} id="look">
            A last look
          </Title>
          {example.ok && example.value.channel === 'sms' ? (
            <Box mt="md">
              <PhonePreview from={member.workspace.name} text={example.value.text} />
              <Text c="dimmed" fz="xs" mt={6} ta="center">
                As {example.value.to} gets it
              </Text>
            </Box>
          ) : example.ok && example.value.channel === 'email' ? (
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
            channel={campaign.channel}
            ownAddress={campaign.channel === 'email' ? member.session.user.email : ''}
            contactId={null}
            isSandbox={plan.sender?.provider.startsWith('sandbox')}
          />
        </Card>
        <WhenToSend
          id={id}
          name={campaign.name}
          plan={plan}
          canSend={blocking.length === 0}
          isScheduled={isScheduled}
          when={startingPoint(campaign, timeZone)}
          zones={timeZoneOptions().map(({ value }) => ({ value, label: value.replaceAll('_', ' ') }))}
          homeZone={timeZone}
        />
      </Stack>
    </div>
  );
});

/** What the form begins with: the time that was said, or nine o'clock tomorrow. */
function startingPoint({ scheduledAt, scheduledZone }: Campaign, timeZone: string): When {
  if (scheduledAt && scheduledZone)
    return {
      ...localParts(scheduledAt, scheduledZone),
      zone: scheduledZone,
      which: whichOfTwo(scheduledAt, scheduledZone),
    };
  const tomorrow = localParts(new Date(Date.now() + 24 * 3_600_000), timeZone).date;
  return { date: tomorrow, time: '09:00', zone: timeZone, which: null };
}
