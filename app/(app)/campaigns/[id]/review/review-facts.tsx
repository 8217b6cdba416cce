import { Anchor, Text } from '@mantine/core';
import { Fragment } from 'react';
import classes from '@/components/campaign.module.css';
import { chargedWords, duration, formatCount, people, skipWords } from '@/components/campaign-words';
import { Link } from '@/components/link';
import type { Campaign } from '@/lib/campaigns/campaigns';
import type { Preflight } from '@/lib/campaigns/preflight';
import { CampaignLimits } from '../campaign-limits';

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** What sending means, line by line. */
export function ReviewFacts({ campaign, plan }: { campaign: Campaign; plan: Preflight }) {
  const { sender, skipped } = plan;
  return (
    <dl className={classes.facts}>
      <dt>Goes to</dt>
      <dd>
        <strong className="numbers">{people(plan.recipients)}</strong>
        {campaign.lists.length > 0 && ' on '}
        {campaign.lists.map((list, index) => (
          <Fragment key={list.id}>
            {index > 0 && (index === campaign.lists.length - 1 ? ' and ' : ', ')}
            <Anchor component={Link} href={`/lists/${list.id}`} inherit underline="always">
              {list.name}
            </Anchor>
          </Fragment>
        ))}
      </dd>
      {skipped.length > 0 && (
        <>
          <dt>Leaves out</dt>
          <dd>
            {skipped.map(({ reason, count }) => (
              <div key={reason} className="numbers">
                {formatCount(count)}{' '}
                <Text component="span" inherit c="dimmed">
                  · {lowerFirst(skipWords[campaign.channel][reason])}
                </Text>
              </div>
            ))}
          </dd>
        </>
      )}
      <dt>From</dt>
      <dd>
        {sender ? (
          <>
            {campaign.channel === 'email' && (
              <>
                {sender.fromName} &lt;{sender.fromEmail}&gt;{' '}
              </>
            )}
            <Text component="span" inherit c={campaign.channel === 'email' ? 'dimmed' : undefined}>
              {campaign.channel === 'email' ? 'through ' : ''}
              {sender.name}
            </Text>
          </>
        ) : (
          'Nobody yet'
        )}
      </dd>
      {plan.texts?.longest && (
        <>
          <dt>Length</dt>
          <dd className="numbers">up to {plan.texts.longest.characters} characters</dd>
        </>
      )}
      {plan.charged && plan.texts?.longest && (
        <>
          <dt>Charged</dt>
          <dd className="numbers">{chargedWords(plan.recipients, plan.texts.mostSegments, plan.charged)}</dd>
        </>
      )}
      {sender && (
        <>
          <dt>At most</dt>
          <dd>
            <CampaignLimits id={campaign.id} limits={campaign.limits} sender={sender} canChange />
          </dd>
          <dt>Takes</dt>
          <dd>
            {plan.seconds === null ? 'as long as the server needs' : duration(plan.seconds)}
            {plan.charged && plan.seconds !== null && (
              <Text component="span" inherit c="dimmed">
                {' '}
                at this limit, which counts segments
              </Text>
            )}
          </dd>
        </>
      )}
    </dl>
  );
}
