import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { CampaignStatus } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import type { Limits } from '../throttle/pace';
import { maySendTo } from './access';
import { type Changed, statusOf } from './change-status';
import { scheduleAt } from './schedule';
import { sendCampaign } from './send';

export type SendOrder = {
  /** Null: at once. */
  at: Date | null;
  /** Of the campaign, besides its sender's. */
  limits: Partial<Limits>;
};

/** From these a campaign is sent by no order; from `sending` and `completed` it was already. */
const neverSent: (CampaignStatus | undefined)[] = ['paused', 'cancelled'];

/**
 * Sends a campaign at once, or at a moment. A conflict: it is being sent already, or was. Of two orders at the same time
 * one has it.
 */
export async function orderSend(scope: Scope, id: CampaignId, { at, limits }: SendOrder): Promise<Changed> {
  const read = () => inScope(scope, (tx) => statusOf(tx, scope, id));
  const allowed = await inScope(
    scope,
    async (tx): Promise<Result<undefined>> =>
      (await statusOf(tx, scope, id)) ? maySendTo(tx, scope, id) : notFound('campaign'),
  );
  if (!allowed.ok) return allowed;
  const ordered = at ? await scheduleAt(scope, id, { at, limits }) : await sendCampaign(scope, id, limits);
  if (ordered.ok) return ok(ordered.value);
  const { fields, message } = ordered.problem;
  // Pages ask for a day and a time, a program for one moment.
  if (at && fields && ('date' in fields || 'time' in fields))
    return fail('invalid', message, { fields: { sendAt: message } });
  if (ordered.problem.code !== 'conflict' || !neverSent.includes(await read())) return ordered;
  return fail('invalid', ordered.problem.message);
}
