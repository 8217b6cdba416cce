import { Anchor, Card, Flex, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Campaign, CampaignSender } from '@/lib/campaigns/campaigns';
import type { ExampleMessage } from '@/lib/campaigns/example-message';
import { describeMoment } from '@/lib/campaigns/local-time';
import classes from './campaign.module.css';
import { CampaignPreview } from './campaign-preview';
import { formatMoment } from './campaign-time';
import { readableSubject } from './campaign-words';
import { Link } from './link';
import { calendarDay } from './offer-words';
import { PhonePreview } from './phone-preview';

type Props = {
  campaign: Campaign;
  example: ExampleMessage | null;
  /** Whose message it is, as a phone shows it. */
  company: string;
  timeZone: string;
  /** How fast it may go, and how to change that. */
  limits: ReactNode;
};

const fromWords = ({ fromName, fromEmail, name }: CampaignSender) =>
  fromEmail ? `${fromName} <${fromEmail}>, through ${name}` : name;

/** What was sent: message, lists, sender, times. */
export function CampaignSummary({ campaign, example, company, timeZone, limits }: Props) {
  const { sender, lists } = campaign;
  return (
    <Card component="section" aria-labelledby="message">
      <Title order={2} id="message" mb="md">
        The message
      </Title>
      <Flex gap="xl" direction={{ base: 'column', sm: 'row' }} align="flex-start">
        <dl className={classes.facts} style={{ flex: 1 }}>
          {campaign.channel === 'email' && (
            <>
              <dt>Subject</dt>
              <dd>{readableSubject(campaign.subject)}</dd>
            </>
          )}
          {campaign.preheader && (
            <>
              <dt>Preheader</dt>
              <dd>{readableSubject(campaign.preheader)}</dd>
            </>
          )}
          {campaign.offerText && (
            <>
              <dt>Offer</dt>
              <dd style={{ whiteSpace: 'pre-line' }}>
                {campaign.offerText}
                {campaign.offerUntil && `\nValid until ${calendarDay(campaign.offerUntil)}`}
              </dd>
            </>
          )}
          <dt>To</dt>
          <dd>
            {lists.length === 0 && (campaign.startedAt ? 'Lists that are gone' : 'No list')}
            {lists.map((list, index) => (
              <span key={list.id}>
                {index > 0 && ', '}
                <Anchor component={Link} href={`/lists/${list.id}`} inherit underline="always">
                  {list.name}
                </Anchor>
              </span>
            ))}
          </dd>
          <dt>From</dt>
          <dd>{sender ? fromWords(sender) : 'No sender'}</dd>
          <dt>At most</dt>
          <dd>{limits}</dd>
          {campaign.scheduledAt && campaign.scheduledZone && (
            <>
              <dt>Scheduled for</dt>
              <dd className="numbers">{describeMoment(campaign.scheduledAt, campaign.scheduledZone)}</dd>
            </>
          )}
          {campaign.startedAt && (
            <>
              <dt>Started</dt>
              <dd className="numbers">{formatMoment(campaign.startedAt, timeZone)}</dd>
            </>
          )}
          {campaign.completedAt && (
            <>
              <dt>{campaign.status === 'cancelled' ? 'Cancelled' : 'Completed'}</dt>
              <dd className="numbers">{formatMoment(campaign.completedAt, timeZone)}</dd>
            </>
          )}
        </dl>
        {example && (
          <div>
            {example.channel === 'email' ? (
              <CampaignPreview html={example.html} subject={example.subject} width={300} />
            ) : (
              <PhonePreview from={company} text={example.text} />
            )}
            <Text c="dimmed" fz="xs" mt={6} maw={300} style={{ overflowWrap: 'anywhere' }}>
              As {example.to} gets it
            </Text>
          </div>
        )}
      </Flex>
    </Card>
  );
}
