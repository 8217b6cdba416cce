import { Card, Group, Text, Title } from '@mantine/core';
import type { DeliveryState } from '@/lib/db/states';
import classes from './campaign.module.css';
import { CampaignBar } from './campaign-bar';
import { isFinal, type LiveStats } from './campaign-live-stats';
import { formatMoment } from './campaign-time';
import { duration, elapsed, formatCount, people, stateWords } from './campaign-words';
import { Link } from './link';
import { StatLink } from './stat-link';

type Props = { id: string; stats: LiveStats; timeZone: string };

export function CampaignProgress({ id, stats, timeZone }: Props) {
  return (
    <Card component="section" aria-labelledby="progress">
      <Group justify="space-between" align="baseline" gap="xs" mb="md">
        <Title order={2} id="progress" className="numbers">
          <Headline id={id} stats={stats} />
        </Title>
        <Text c="dimmed" fz="sm" className="numbers">
          {pace(stats, timeZone)}
        </Text>
      </Group>
      <CampaignBar counts={stats} />
      <div style={{ marginTop: 20 }}>
        {isFinal(stats) ? <Equation id={id} stats={stats} /> : <States id={id} stats={stats} />}
      </div>
    </Card>
  );
}

function Headline({ id, stats }: Pick<Props, 'id' | 'stats'>) {
  if (!stats.launched && stats.status === 'sending')
    return stats.planned === 0 ? (
      'Gathering the recipients…'
    ) : (
      <>
        Gathering the recipients: <Whom id={id}>{formatCount(stats.planned)}</Whom> so far
      </>
    );
  // As it was said before sending: whoever is left out is not counted among those to whom it goes.
  return (
    <>
      Sent to{' '}
      <Whom id={id} query="?state=sent">
        {formatCount(stats.sent)}
      </Whom>{' '}
      of{' '}
      <Whom id={id} query="?skipped=no">
        {people(stats.planned - stats.skipped)}
      </Whom>
    </>
  );
}

const Whom = ({ id, query = '', children }: { id: string; query?: string; children: string }) => (
  <Link href={`/campaigns/${id}/recipients${query}`} className={classes.whom} prefetch={false}>
    {children}
  </Link>
);

function pace(stats: LiveStats, timeZone: string): string {
  if (stats.startedAt === null) return '';
  if (isFinal(stats)) {
    const ended = stats.completedAt ?? stats.startedAt;
    const took = elapsed(new Date(stats.startedAt), new Date(ended));
    return `${formatMoment(ended, timeZone)}, after ${took}`;
  }
  const since = `Started ${formatMoment(stats.startedAt, timeZone)}`;
  if (stats.status !== 'sending' || stats.ratePerMinute === 0) return since;
  const rate = `${formatCount(stats.ratePerMinute)} a minute`;
  return stats.etaSeconds === null ? rate : `${rate}, ${duration(stats.etaSeconds)} left`;
}

const running: DeliveryState[] = [
  'sent',
  'failed',
  'skipped',
  'unconfirmed',
  'retrying',
  'sending',
  'queued',
];
const ended: DeliveryState[] = ['sent', 'failed', 'skipped', 'unconfirmed', 'cancelled'];

/** The same places from start to end, so that nothing moves but the numbers. */
function States({ id, stats }: { id: string; stats: LiveStats }) {
  return (
    <div className={classes.states}>
      {running.map((state) => (
        <State key={state} id={id} state={state} count={stats[state]} />
      ))}
    </div>
  );
}

/** Everybody who was planned, and what became of them: it has to add up, so it is shown as a sum. */
function Equation({ id, stats }: { id: string; stats: LiveStats }) {
  return (
    <section className={classes.sum} aria-label="What became of everybody">
      <div className={classes.terms}>
        <StatLink href={`/campaigns/${id}/recipients`} label="Planned" count={stats.planned} />
        {ended.map((state, index) => (
          <div key={state} className={classes.term}>
            <span className={classes.operator} aria-hidden>
              {index === 0 ? '=' : '+'}
            </span>
            <State id={id} state={state} count={stats[state]} />
          </div>
        ))}
      </div>
    </section>
  );
}

function State({ id, state, count }: { id: string; state: DeliveryState; count: number }) {
  const { label, color, meaning } = stateWords[state];
  return (
    <StatLink
      href={`/campaigns/${id}/recipients?state=${state}`}
      label={label}
      count={count}
      color={color}
      meaning={meaning}
    />
  );
}
