import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { ok, type Result } from '../errors';

const percent = (usual: number) =>
  z.number('Enter a number.').gt(0, 'Enter more than 0 %.').max(100, 'Enter at most 100 %.').default(usual);
const whole = (usual: number, most: number) =>
  z
    .int('Enter a whole number.')
    .min(1, 'Enter at least 1.')
    .max(most, `Enter at most ${most.toLocaleString('en')}.`)
    .default(usual);

/** From when on a workspace is told, and what happens by itself then. */
export const AlertRules = z.object({
  /** Of the attempts of a sender, over five minutes. */
  errorPercent: percent(10),
  /** How long what waits may need at the present pace. */
  backlogHours: whole(24, 1000),
  /** How long nobody may be sent to, though somebody is due and nothing holds them. */
  stalledMinutes: whole(5, 1440),
  /** Of what a sender may send in a day. */
  quotaPercent: percent(80),
  quotaCriticalPercent: percent(95),
  /** Of the messages of a campaign, once so many were sent. */
  bouncePercent: percent(5),
  complaintPercent: percent(0.3),
  leastSent: whole(200, 1_000_000),
  /** Whether too many of them pause the campaign. */
  pauseCampaigns: z.boolean().default(true),
  /** Whether owners and admins get mail. */
  byMail: z.boolean().default(true),
});
export type AlertRules = z.infer<typeof AlertRules>;

/** The rules of a workspace; what it has not set has its usual value. */
export async function readAlertRules(tx: ScopedTx, { workspaceId }: Scope): Promise<AlertRules> {
  const [row] = await tx
    .select({ rules: workspaces.alertRules })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  const parsed = AlertRules.safeParse(row?.rules ?? {});
  return parsed.success ? parsed.data : AlertRules.parse({});
}

export const findAlertRules = (scope: Scope): Promise<AlertRules> =>
  inScope(scope, (tx) => readAlertRules(tx, scope));

/** Holds from the next look on, a minute later at most. */
export function changeAlertRules(scope: Scope, rules: AlertRules): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    await tx.update(workspaces).set({ alertRules: rules }).where(eq(workspaces.id, scope.workspaceId));
    await audit(tx, scope, 'workspace.alert_rules_changed', scope.workspaceId, rules);
    return ok();
  });
}
