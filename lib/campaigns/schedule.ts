import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { keyOf, type Scope, userOf } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { launchScheduled } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import type { Limits } from '../throttle/pace';
import { type Changed, changeStatus } from './change-status';
import { resolveLocalTime } from './local-time';
import { readyToGo } from './ready';

const farthestDays = 730;
const zones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);

/** A moment as people say it: what a calendar and a clock show, and where. */
export const ScheduleInput = z.object({
  date: z.string().max(10),
  time: z.string().max(8),
  zone: z.string().refine((zone) => zones.has(zone), 'Choose a time zone.'),
  /** Which of the two, when the clocks go back and a time comes twice. */
  which: z.enum(['first', 'second']).nullable(),
});
export type ScheduleInput = z.infer<typeof ScheduleInput>;

const wrong = (field: 'date' | 'time' | 'which', message: string) =>
  fail('invalid', message, { fields: { [field]: message } });

function momentOf({ date, time, zone, which }: ScheduleInput, now: Date): Result<Date> {
  const found = resolveLocalTime(date, time, zone);
  if (!found) return wrong('date', 'Enter a day and a time.');
  if (found.kind === 'never')
    return wrong(
      'time',
      `There is no such time on that day: the clocks go forward from ${found.from} to ${found.to}. Choose another.`,
    );
  if (found.kind === 'twice' && which === null)
    return wrong(
      'which',
      `That time comes twice on that day: the clocks go back from ${found.from} to ${found.to}. Choose which you mean.`,
    );
  return farEnough(found.kind === 'once' ? found.at : found[which ?? 'first'], now);
}

function farEnough(at: Date, now: Date): Result<Date> {
  if (at <= now) return wrong('time', 'That moment has passed. Choose a later one, or send now.');
  if (at.getTime() > now.getTime() + farthestDays * 24 * 3_600_000)
    return wrong('date', 'That is more than two years away. Choose an earlier day.');
  return ok(at);
}

/**
 * Says when a campaign shall go out, or says another time. Until then nobody can change it; what it reaches and says is
 * fixed when it goes. The job of an earlier time finds nothing to do.
 */
export async function scheduleCampaign(
  scope: Scope,
  id: CampaignId,
  input: ScheduleInput,
  now = new Date(),
): Promise<Changed> {
  const moment = momentOf(input, now);
  return moment.ok ? schedule(scope, id, { at: moment.value, zone: input.zone, limits: {} }) : moment;
}

/** The same for an exact moment, as programs say it, with limits of the campaign besides. */
export async function scheduleAt(
  scope: Scope,
  id: CampaignId,
  { at, limits }: { at: Date; limits: Partial<Limits> },
  now = new Date(),
): Promise<Changed> {
  const moment = farEnough(at, now);
  return moment.ok ? schedule(scope, id, { at, zone: 'UTC', limits }) : moment;
}

async function schedule(
  scope: Scope,
  id: CampaignId,
  { at, zone, limits }: { at: Date; zone: string; limits: Partial<Limits> },
): Promise<Changed> {
  const ready = await readyToGo(scope, id, 'schedule');
  if (!ready.ok) return ready;
  return inScope(scope, async (tx) => {
    const scheduled = await changeStatus(tx, scope, id, 'schedule', {
      set: {
        ...{ scheduledAt: at, scheduledZone: zone, held: false, problem: null },
        ...limits,
        scheduledBy: userOf(scope),
        scheduledByKey: keyOf(scope),
      },
      only: eq(campaigns.revision, ready.value.campaign.revision),
      detail: { at: at.toISOString(), zone, ...limits },
    });
    if (scheduled.ok)
      await enqueue(tx, launchScheduled, [{ workspaceId: scope.workspaceId, campaignId: id }], {
        startAfter: at,
      });
    return scheduled;
  });
}

/** Makes a scheduled campaign a draft again: it can be changed, and goes out at no time. */
export function unscheduleCampaign(scope: Scope, id: CampaignId): Promise<Changed> {
  const set = { scheduledAt: null, scheduledZone: null, held: false, problem: null };
  return inScope(scope, (tx) => changeStatus(tx, scope, id, 'unschedule', { set }));
}
