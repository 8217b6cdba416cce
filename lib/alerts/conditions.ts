import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import { deliveryShapes, sumOf } from '../analytics/delivery-counts';
import type { Scope } from '../auth/scope';
import { mailboxes, senders } from '../db/schema/senders';
import type { ScopedTx } from '../db/scoped';
import { type AlertKind, type AlertSeverity, type CampaignStatus, tooManyWords } from '../db/states';
import { CampaignId, type SenderId } from '../ids';
import { queueState, workersAlive } from '../monitoring/queue-state';
import { limitUse, perMinute, type SenderFlow, senderFlows } from '../monitoring/sender-flow';
import type { AlertRules } from './rules';

/** Something that is not well at this moment. `near`: too well to open an alert, and not well enough to resolve one. */
export type Condition = {
  kind: AlertKind;
  subjectId: SenderId | CampaignId | null;
  near: boolean;
  severity: AlertSeverity;
  title: string;
  detail: string;
  /** Since when it is known to have been so; else since now. */
  since?: Date;
};

type Look = { tx: ScopedTx; scope: Scope; rules: AlertRules; now: Date };

/** What an alert says of a campaign that it has paused. */
export const isPaused = 'The campaign is paused; it can be resumed on its page.';

/** An alert stays open until it is better than its threshold by so much. */
const clear = 0.8;
/** Fewer messages than these say nothing of a sender. */
const leastTried = 20;

const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
const ofMany = (n: number, all: number, what = 'messages') =>
  `${n.toLocaleString('en')} of ${all.toLocaleString('en')} ${what}`;
const count = (n: number, one = 'message', many = 'messages') =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** All that is not well in a workspace. */
export async function findConditions(look: Look): Promise<Condition[]> {
  const { tx, scope, now } = look;
  const flows = await senderFlows(tx, scope, now);
  return [
    ...flows.flatMap((flow) => [...senderDown(flow), ...errorRate(flow, look), ...quota(flow, look)]),
    ...(await workerGone()),
    ...(await backlog(flows, look)),
    ...(await stalled(flows, look)),
    ...(await reputation(look)),
    ...(await stopped(look)),
    ...(await mailboxesUnread(look)),
  ];
}

function senderDown({ id, name, brokenSince, problem }: SenderFlow): Condition[] {
  if (!brokenSince) return [];
  return [
    {
      ...{ kind: 'sender_down', subjectId: id, near: false, severity: 'critical', since: brokenSince },
      title: `The sender “${name}” does not get through`,
      detail: problem ?? 'Sending goes on by itself as soon as it answers.',
    },
  ];
}

function errorRate({ id, name, messages, errors }: SenderFlow, { rules }: Look): Condition[] {
  const share = messages >= leastTried ? errors / messages : 0;
  const limit = rules.errorPercent / 100;
  if (share < limit * clear) return [];
  return [
    {
      ...{ kind: 'error_rate', subjectId: id, near: share < limit, severity: 'warning' },
      title: `${percent(share)} of the attempts to send through “${name}” fail`,
      detail: `${ofMany(errors, messages, 'attempts')} failed in the last five minutes; the threshold is ${rules.errorPercent} %. A message that fails for now is tried again up to three times. The pages of the campaigns that use this sender show whom they did not reach, and why.`,
    },
  ];
}

function quota(flow: SenderFlow, { rules }: Look): Condition[] {
  const day = limitUse(flow).find(({ window }) => window === 'day');
  if (!day) return [];
  const share = day.used / day.limit;
  const limit = rules.quotaPercent / 100;
  if (share < limit * clear) return [];
  return [
    {
      ...{ kind: 'quota', subjectId: flow.id, near: share < limit },
      severity: share >= rules.quotaCriticalPercent / 100 ? 'critical' : 'warning',
      title: `“${flow.name}” has used ${percent(share)} of its daily limit`,
      detail: `${ofMany(day.used, day.limit, flow.channel === 'sms' ? 'segments' : 'messages')} went out in the last 24 hours. Once it is used up, campaigns wait, and go on by themselves as soon as there is room again. If your provider allows more, raise the limit in the settings of the sender.`,
    },
  ];
}

async function workerGone(): Promise<Condition[]> {
  if ((await workersAlive()) > 0) return [];
  return [
    {
      ...{ kind: 'worker_gone', subjectId: null, near: false, severity: 'critical' },
      title: 'Nothing is sent: no worker runs',
      detail:
        'Campaigns and imports wait until one does, and nobody is lost. Start Posthaste again on its server; the log there says why the worker ended.',
    },
  ];
}

async function backlog(flows: SenderFlow[], { tx, scope, rules, now }: Look): Promise<Condition[]> {
  const { waiting } = await queueState(tx, scope);
  const pace = perMinute(
    flows.reduce((sum, { sent }) => sum + sent, 0),
    now,
  );
  if (waiting === 0 || pace === 0) return [];
  const hours = waiting / pace / 60;
  if (hours < rules.backlogHours * clear) return [];
  return [
    {
      ...{ kind: 'backlog', subjectId: null, near: hours < rules.backlogHours, severity: 'warning' },
      title: `What waits will take about ${count(Math.round(hours), 'hour', 'hours')}`,
      detail: `${count(waiting)} ${waiting === 1 ? 'waits' : 'wait'}, and ${pace.toLocaleString('en')} a minute ${pace === 1 ? 'goes' : 'go'} out. If that is too slow, raise the limits of the campaigns or of their senders, or start another worker.`,
    },
  ];
}

type Due = { id: string; name: string; sender_id: SenderId; spacing_s: number | null; quiet_s: number };

/**
 * Campaigns of which somebody is due and nobody was sent to for some time; with the longest that a limit keeps two messages
 * apart. While a limit is used up, a lower one that has been set for instance, it does not count as such time: a window that
 * lets somebody go is ahead of the clock by a 199th of itself at most (lib/throttle/pace.ts).
 */
async function stalled(flows: SenderFlow[], { tx, scope, rules, now }: Look): Promise<Condition[]> {
  const { workspaceId } = scope;
  const at = sql`${now.toISOString()}::timestamptz`;
  const rows = await tx.execute<Due>(sql`
    select k.id, k.name, k.sender_id, extract(epoch from ${at} - greatest(k.started_at, k.updated_at, due.retry_at, (
        select max(m.minute) + interval '1 minute' from sender_minutes m
        where m.workspace_id = ${workspaceId} and m.sender_id = k.sender_id
      ), (
        select max(v.tat - make_interval(secs => v.seconds / 199)) from throttles t
        cross join lateral (values
          (case t.id when k.id then k.per_minute else s.per_minute end, 60.0::float8, t.minute_tat),
          (case t.id when k.id then k.per_hour else s.per_hour end, 3600, t.hour_tat),
          (case t.id when k.id then k.per_day else s.per_day end, 86400, t.day_tat)
        ) v (most, seconds, tat)
        where t.workspace_id = ${workspaceId} and t.id in (k.id, k.sender_id) and v.most is not null
      )))::float8 as quiet_s,
      greatest(60.0 / least(s.per_minute, k.per_minute), 3600.0 / least(s.per_hour, k.per_hour),
        86400.0 / least(s.per_day, k.per_day))::float8 as spacing_s
    from campaigns k join senders s on s.workspace_id = k.workspace_id and s.id = k.sender_id
    -- From the last batch on: those before have left many dead entries in the index.
    cross join lateral (
      select d.retry_at from deliveries d where d.workspace_id = ${workspaceId} and d.campaign_id = k.id
        and d.state in ('queued', 'retrying') and (d.retry_at is null or d.retry_at < ${at})
      order by d.batch desc limit 1
    ) due
    where k.workspace_id = ${workspaceId} and k.status = 'sending'`);
  const broken = new Set(flows.filter(({ brokenSince }) => brokenSince).map(({ id }) => id));
  return rows
    .filter(({ sender_id, quiet_s, spacing_s }) => {
      const most = Math.max(rules.stalledMinutes * 60, 2 * (spacing_s ?? 0));
      return !broken.has(sender_id) && quiet_s >= most;
    })
    .map(
      ({ id, name, quiet_s }): Condition => ({
        ...{ kind: 'stalled', subjectId: CampaignId.parse(id), near: false, severity: 'critical' },
        title: `“${name}” has stopped moving`,
        detail: `Nobody was sent to for ${count(Math.round(quiet_s / 60), 'minute', 'minutes')}, though people wait and no limit holds them. The log of the worker says more.`,
      }),
    );
}

type Sent = {
  id: string;
  name: string;
  status: CampaignStatus;
  sent: number;
  bounces: number;
  complaints: number;
};

/** Campaigns of which some came back or were complained of, after enough were sent; of `which`, rows of campaigns `k`. */
async function complainedOf(
  { tx, scope, rules }: Pick<Look, 'tx' | 'scope' | 'rules'>,
  which: SQL,
): Promise<Sent[]> {
  const { workspaceId } = scope;
  // The counts of the ledger have what came back for now among the rest.
  const suppressed = (reason: 'bounced' | 'complained') => sql`(select count(*) from suppressions u
    where u.workspace_id = ${workspaceId} and u.campaign_id = k.id and u.reason = ${reason})::int`;
  const rows = await tx.execute<Omit<Sent, 'sent'>>(sql`
    select * from (
      select k.id, k.name, k.status, ${suppressed('bounced')} as bounces, ${suppressed('complained')} as complaints
      from campaigns k
      where k.workspace_id = ${workspaceId} and k.started_at is not null and ${which}
      offset 0 -- so that what is counted here is counted once
    ) c where c.bounces + c.complaints > 0`);
  if (rows.length === 0) return [];
  const shapes = await deliveryShapes(
    tx,
    scope,
    rows.map(({ id }) => CampaignId.parse(id)),
  );
  return rows
    .map((row) => ({
      ...row,
      // Servers that refuse an address at once have it sent to as well.
      sent: sumOf(
        shapes,
        ({ campaignId, state, reason }) =>
          campaignId === row.id && (state === 'sent' || (state === 'failed' && reason === 'address_refused')),
      ),
    }))
    .filter(({ sent }) => sent >= rules.leastSent);
}

/**
 * Whether a campaign that goes out right now has to be paused, and no look has found that yet: quick enough to be asked every
 * few seconds.
 */
export async function mustPause(look: Omit<Look, 'now'>): Promise<boolean> {
  const { workspaceId } = look.scope;
  const bad = reputationOf(await complainedOf(look, sql`k.status = 'sending'`), look.rules).filter(
    ({ near }) => !near,
  );
  if (bad.length === 0) return false;
  const known = await look.tx.execute<{ of: string }>(sql`
    select kind || ' ' || subject_id as of from alerts
    where workspace_id = ${workspaceId} and kind in ('bounces', 'complaints') and resolved_at is null`);
  const keys = new Set(known.map(({ of }) => of));
  return bad.some(({ kind, subjectId }) => !keys.has(`${kind} ${subjectId}`));
}

/** Campaigns that are going out, or have in the last days: reports come in late. */
async function reputation(look: Look): Promise<Condition[]> {
  const rows = await complainedOf(
    look,
    sql`(k.status in ('sending', 'paused')
      or k.completed_at > ${look.now.toISOString()}::timestamptz - interval '3 days')`,
  );
  return reputationOf(rows, look.rules);
}

function reputationOf(rows: Sent[], rules: AlertRules): Condition[] {
  return rows.flatMap(({ id, name, status, sent, bounces, complaints }) => {
    const subjectId = CampaignId.parse(id);
    const kinds = [
      {
        kind: 'bounces',
        n: bounces,
        limit: rules.bouncePercent,
        what: tooManyWords.bounces,
        how: ', returned or refused at once',
        advice:
          'Where do these addresses come from? Who writes to many that do not exist is soon taken for a spammer.',
      },
      {
        kind: 'complaints',
        n: complaints,
        limit: rules.complaintPercent,
        what: tooManyWords.complaints,
        how: '',
        advice:
          'Did these people ask for your mail? Mailbox providers send what many report to the spam folder.',
      },
    ] as const;
    return kinds.flatMap(({ kind, n, limit, what, how, advice }): Condition[] => {
      const share = n / sent;
      if (share < (limit / 100) * clear) return [];
      return [
        {
          ...{ kind, subjectId, near: share < limit / 100, severity: 'critical' },
          title: `${percent(share)} of “${name}” ${what}`,
          detail: [
            `${ofMany(n, sent)} so far${how}; the threshold is ${limit} %.`,
            advice,
            status === 'paused' && isPaused,
          ]
            .filter(Boolean)
            .join(' '),
        },
      ];
    });
  });
}

type Stopped = { id: string; name: string; status: CampaignStatus; held: boolean; problem: string };

async function stopped({ tx, scope }: Look): Promise<Condition[]> {
  const { workspaceId } = scope;
  // What was paused for its bounces or complaints is told of as that.
  const rows = await tx.execute<Stopped>(sql`
    select k.id, k.name, k.status, k.held, k.problem from campaigns k
    where k.workspace_id = ${workspaceId} and k.problem is not null and (k.held or k.status = 'paused')
      and not exists (select from alerts a where a.workspace_id = ${workspaceId} and a.subject_id = k.id
        and a.kind in ('bounces', 'complaints') and a.opened_at is not null and a.resolved_at is null)
    order by k.id desc limit 100`);
  return rows.map(
    ({ id, name, held, problem }): Condition => ({
      ...{ kind: 'campaign_stopped', subjectId: CampaignId.parse(id), near: false, severity: 'warning' },
      title: held ? `“${name}” was not sent` : `“${name}” was paused`,
      detail: problem,
    }),
  );
}

/** A mailbox that once could not be read may be busy; one that could not be twice in a row needs somebody. */
const failuresTold = 2;

async function mailboxesUnread({ tx, scope }: Look): Promise<Condition[]> {
  const rows = await tx
    .select({ id: senders.id, name: senders.name, problem: mailboxes.problem, failures: mailboxes.failures })
    .from(mailboxes)
    .innerJoin(
      senders,
      and(eq(senders.workspaceId, mailboxes.workspaceId), eq(senders.id, mailboxes.senderId)),
    )
    .where(and(eq(mailboxes.workspaceId, scope.workspaceId), isNotNull(mailboxes.problem)));
  return rows.map(
    ({ id, name, problem, failures }): Condition => ({
      ...{ kind: 'mailbox', subjectId: id, near: failures < failuresTold, severity: 'warning' },
      title: `What comes back to “${name}” cannot be read`,
      detail: `${problem ?? ''} Until it can, bounces and complaints are not known of, and addresses that do not exist are written to again.`,
    }),
  );
}
