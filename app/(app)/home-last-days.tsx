import { Card, SimpleGrid, Skeleton, Text, Title } from '@mantine/core';
import { Suspense } from 'react';
import classes from '@/components/campaign.module.css';
import { formatCount, share } from '@/components/campaign-words';
import { type Column, DataTable } from '@/components/data-table';
import type { DayBar } from '@/components/day-bars';
import { DayChart } from '@/components/day-chart';
import { Link } from '@/components/link';
import { People } from '@/components/people';
import { type Day, type DayCounts, lastDays } from '@/lib/analytics/last-days';
import type { Scope } from '@/lib/auth/scope';
import { sentHref } from './campaigns/sent/sent-search';

/** What became of all that was sent lately. It comes when it is counted: the rest of the page does not wait. */
export function HomeLastDays({ scope }: { scope: Scope }) {
  return (
    <Suspense fallback={<Skeleton h={460} radius="lg" animate={false} />}>
      <LastDays scope={scope} />
    </Suspense>
  );
}

const labels: Record<keyof DayCounts, string> = {
  ...{ sent: 'Sent', delivered: 'Delivered', opened: 'Opened', clicked: 'Clicked' },
  ...{ unsubscribed: 'Unsubscribed', bounced: 'Bounced' },
};
const names = ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed', 'bounced'] as const;

/** Also of a day on which a clock changes: what counts is its name. */
const dayWords = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const say = ({ day }: Day) => dayWords.format(new Date(`${day}T12:00:00Z`));

async function LastDays({ scope }: { scope: Scope }) {
  const days = await lastDays(scope);
  const sum = (name: keyof DayCounts) => days.reduce((total, day) => total + day[name], 0);
  const sent = sum('sent');
  if (sent === 0) return null;
  const bars: DayBar[] = days.map((day) => ({
    ...{ when: say(day), Sent: day.sent, Opened: day.opened, Clicked: day.clicked },
  }));
  const most = days.reduce((best, day) => (day.sent > best.sent ? day : best));
  return (
    <Card component="section" aria-labelledby="last-days">
      <Title order={2} id="last-days">
        The last 30 days
      </Title>
      <Text fz="sm" c="dimmed" mb="md">
        Each message counts on the day it was sent. Shares are of those that were sent.
      </Text>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="md" verticalSpacing="sm" mb="lg">
        {names.map((name) => (
          <Figure key={name} name={name} count={sum(name)} sent={sent} days={days} />
        ))}
      </SimpleGrid>
      <DayChart
        bars={bars}
        label={`Messages sent, opened and clicked by day. The most, ${formatCount(most.sent)}, were sent on ${say(most)}. The table below has all days.`}
      />
      <details className={classes.details}>
        <summary>As a table</summary>
        <DataTable
          label="The last 30 days"
          rows={days.filter((day) => day.sent > 0).reverse()}
          rowKey={(day) => day.day}
          columns={columns}
        />
      </details>
    </Card>
  );
}

/** Whose messages a number is of. */
const behind = (name: keyof DayCounts, first: Day | undefined, last: Day | undefined) =>
  sentHref({ from: first?.day ?? '', until: last?.day ?? '', event: name === 'sent' ? undefined : name });

const Whom = ({ href, count }: { href: string; count: number }) =>
  count === 0 ? (
    <>0</>
  ) : (
    <Link href={href} className={classes.whom} prefetch={false}>
      {formatCount(count)}
    </Link>
  );

type FigureProps = { name: keyof DayCounts; count: number; sent: number; days: Day[] };

function Figure({ name, count, sent, days }: FigureProps) {
  // Not all of them are reported: what a mail server says nothing of is not what it did not deliver.
  const isShare = name !== 'sent' && name !== 'delivered';
  const href = behind(name, days.at(0), days.at(-1));
  return (
    <div>
      <Text fz="sm" c="dimmed">
        {labels[name]}
      </Text>
      <div className={classes.figure}>
        {isShare ? share(count, sent) : <Whom href={href} count={count} />}
      </div>
      <Text fz="xs" c="dimmed" className="numbers">
        {isShare ? <Whom href={href} count={count} /> : name === 'sent' ? 'messages' : 'as far as reported'}
      </Text>
    </div>
  );
}

const columns: Column<Day>[] = [
  { key: 'day', header: 'Day', cell: say },
  ...names.map(
    (name): Column<Day> => ({
      ...{ key: name, header: labels[name], align: 'right' },
      cell: (day) => <People href={behind(name, day, day)} count={day[name]} />,
      from: name === 'sent' || name === 'opened' || name === 'clicked' ? undefined : 'sm',
    }),
  ),
];
