import { sql } from 'drizzle-orm';
import { version } from '../../package.json';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { queueState, workersAlive } from './queue-state';
import { limitUse, senderFlows } from './sender-flow';

type Labels = Record<string, string>;

/** One metric and its samples, as Prometheus reads them (text format 0.0.4). */
class Metric {
  readonly #lines: string[] = [];

  constructor(
    readonly name: string,
    readonly type: 'counter' | 'gauge',
    readonly help: string,
  ) {}

  add(value: number, labels: Labels = {}): void {
    const named = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`);
    this.#lines.push(`${this.name}${named.length > 0 ? `{${named.join(',')}}` : ''} ${value}`);
  }

  toString(): string {
    return [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} ${this.type}`, ...this.#lines, ''].join(
      '\n',
    );
  }
}

const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const newMetrics = () => ({
  info: new Metric('posthaste_info', 'gauge', 'The version that runs.'),
  workers: new Metric('posthaste_workers', 'gauge', 'Worker processes that are alive.'),
  jobs: new Metric('posthaste_jobs', 'gauge', 'Jobs in the queue, by kind and state.'),
  jobAge: new Metric(
    'posthaste_job_age_seconds',
    'gauge',
    'How long the oldest job that could begin has waited.',
  ),
  campaigns: new Metric('posthaste_campaigns', 'gauge', 'Campaigns by status.'),
  waiting: new Metric(
    'posthaste_messages_waiting',
    'gauge',
    'Messages of campaigns that are being sent, not sent yet.',
  ),
  oldest: new Metric(
    'posthaste_oldest_campaign_seconds',
    'gauge',
    'For how long the campaign that waits longest has been going out.',
  ),
  messages: new Metric(
    'posthaste_messages_total',
    'counter',
    'Messages handed to providers, by what became of them.',
  ),
  calls: new Metric('posthaste_provider_calls_total', 'counter', 'Calls of providers.'),
  seconds: new Metric(
    'posthaste_provider_seconds_total',
    'counter',
    'How long calls of providers took, all together.',
  ),
  slowest: new Metric(
    'posthaste_provider_slowest_seconds',
    'gauge',
    'The longest call of the last five minutes.',
  ),
  breaker: new Metric(
    'posthaste_breaker_open',
    'gauge',
    '1 while a sender is held because it does not get through.',
  ),
  limit: new Metric('posthaste_limit_used_ratio', 'gauge', 'How much of a limit of a sender is used.'),
  alerts: new Metric('posthaste_alerts_open', 'gauge', 'Open alerts by kind.'),
});
type Metrics = ReturnType<typeof newMetrics>;

/** The figures of the whole installation. Workspaces and senders stand there by their ids, not by their names. */
export async function metricsText(now = new Date()): Promise<string> {
  const metrics = newMetrics();
  metrics.info.add(1, { version });
  metrics.workers.add(await workersAlive());
  await addJobs(metrics);
  for (const { id } of await unsafeDatabase().select({ id: workspaces.id }).from(workspaces))
    await addWorkspace(metrics, mintSystemScope(id), now);
  return Object.values(metrics).join('');
}

type Jobs = { name: string; waiting: number; active: number; seconds: number | null };

async function addJobs({ jobs, jobAge }: Metrics): Promise<void> {
  const rows = await unsafeDatabase().execute<Jobs>(sql`
    select q.name, count(j.id) filter (where j.state < 'active')::int as waiting,
      count(j.id) filter (where j.state = 'active')::int as active,
      extract(epoch from now() - min(greatest(j.created_on, j.start_after))
        filter (where j.state < 'active' and j.start_after <= now()))::float8 as seconds
    from pgboss.queue q left join pgboss.job j on j.name = q.name and j.state <= 'active'
    where q.name not like '\\_\\_%' group by q.name order by q.name`);
  for (const { name, waiting, active, seconds } of rows) {
    jobs.add(waiting, { job: name, state: 'waiting' });
    jobs.add(active, { job: name, state: 'active' });
    jobAge.add(Math.round(seconds ?? 0), { job: name });
  }
}

type Sums = {
  sender: string;
  calls: number;
  messages: number;
  sent: number;
  errors: number;
  milliseconds: number;
};
type Count = { name: string; n: number };

async function addWorkspace(metrics: Metrics, scope: Scope, now: Date): Promise<void> {
  const { workspaceId: workspace } = scope;
  await inScope(scope, async (tx) => {
    const { waiting, oldestSince } = await queueState(tx, scope);
    metrics.waiting.add(waiting, { workspace });
    metrics.oldest.add(oldestSince ? (now.getTime() - oldestSince.getTime()) / 1000 : 0, { workspace });
    const statuses = await tx.execute<Count>(sql`
      select status as name, count(*)::int as n from campaigns where workspace_id = ${workspace} group by status`);
    for (const { name, n } of statuses) metrics.campaigns.add(n, { workspace, status: name });
    const open = await tx.execute<Count>(sql`
      select kind as name, count(*)::int as n from alerts
      where workspace_id = ${workspace} and opened_at is not null and resolved_at is null group by kind`);
    for (const { name, n } of open) metrics.alerts.add(n, { workspace, kind: name });
    for (const flow of await senderFlows(tx, scope, now)) {
      const labels = { workspace, sender: flow.id, provider: flow.provider };
      metrics.breaker.add(flow.brokenSince ? 1 : 0, labels);
      metrics.slowest.add((flow.slowestMs ?? 0) / 1000, labels);
      for (const { window, used, limit } of limitUse(flow))
        metrics.limit.add(used / limit, { ...labels, window });
    }
    const sums = await tx.execute<Sums>(sql`
      select sender_id as sender, sum(calls)::float8 as calls, sum(messages)::float8 as messages, sum(sent)::float8 as sent,
        sum(errors)::float8 as errors, sum(milliseconds)::float8 as milliseconds
      from sender_minutes where workspace_id = ${workspace} group by sender_id order by sender_id`);
    for (const { sender, calls, messages, sent, errors, milliseconds } of sums) {
      const labels = { workspace, sender };
      metrics.messages.add(sent, { ...labels, outcome: 'sent' });
      metrics.messages.add(errors, { ...labels, outcome: 'error' });
      metrics.messages.add(messages - sent - errors, { ...labels, outcome: 'refused' });
      metrics.calls.add(calls, labels);
      metrics.seconds.add(milliseconds / 1000, labels);
    }
  });
}
