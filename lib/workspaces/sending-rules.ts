import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { wakeSleepers } from '../campaigns/wake';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { unconfirmedPolicies } from '../db/states';
import { notFound, ok, type Result } from '../errors';
import { cleanText } from '../text';

/** To the minute, as browsers write a time of the day. */
const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Enter a time like 21:00.');

const longestGraceMinutes = 7 * 24 * 60;

/** What shall happen in a workspace when nobody is there to ask. */
export const SendingRules = z.object({
  unconfirmedPolicy: z.enum(unconfirmedPolicies),
  scheduleGraceMinutes: z
    .int('Enter whole minutes.')
    .min(1, 'Enter at least one minute.')
    .max(longestGraceMinutes, 'Enter at most 10,080 minutes: that is a week.'),
  /** No text message goes out between these times where its recipient lives; two that are the same: no such rule. */
  quietFrom: TimeOfDay,
  quietUntil: TimeOfDay,
  /** What is answered to HELP. Empty: the workspace's name and address. */
  helpText: cleanText().trim().max(300, 'Use at most 300 characters.'),
});
export type SendingRules = z.infer<typeof SendingRules>;

export async function findSendingRules(scope: Scope): Promise<Result<SendingRules>> {
  const [rules] = await inScope(scope, (tx) =>
    tx
      .select({
        unconfirmedPolicy: workspaces.unconfirmedPolicy,
        scheduleGraceMinutes: workspaces.scheduleGraceMinutes,
        quietFrom: sql<string>`to_char(${workspaces.quietFrom}, 'HH24:MI')`,
        quietUntil: sql<string>`to_char(${workspaces.quietUntil}, 'HH24:MI')`,
        helpText: workspaces.helpText,
      })
      .from(workspaces)
      .where(eq(workspaces.id, scope.workspaceId)),
  );
  return rules ? ok(rules) : notFound('workspace');
}

/** Holds from the next message on. What is unconfirmed already stays for a person to decide. */
export function changeSendingRules(scope: Scope, rules: SendingRules): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    await tx.update(workspaces).set(rules).where(eq(workspaces.id, scope.workspaceId));
    await wakeSleepers(tx, scope);
    await audit(tx, scope, 'workspace.sending_rules_changed', scope.workspaceId, rules);
    return ok();
  });
}
