import { and, eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { userOf } from '../auth/scope';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { changeSendingRules, findSendingRules, SendingRules } from './sending-rules';
import { testWorkspace } from './testing';

it('a workspace begins by asking a person, changes for itself alone, and writes that down', async () => {
  const { scope } = await testWorkspace();
  const other = (await testWorkspace('Other')).scope;
  const before = {
    ...{ unconfirmedPolicy: 'leave' as const, scheduleGraceMinutes: 60 },
    ...{ quietFrom: '21:00', quietUntil: '08:00', helpText: '' },
  };
  expect(await findSendingRules(scope)).toEqual({ ok: true, value: before });
  const rules = {
    ...{ unconfirmedPolicy: 'send_again' as const, scheduleGraceMinutes: 5 },
    ...{ quietFrom: '20:30', quietUntil: '09:15', helpText: 'Acme. STOP ends this.' },
  };
  expect((await changeSendingRules(scope, rules)).ok).toBe(true);
  expect(await findSendingRules(scope)).toEqual({ ok: true, value: rules });
  expect(await findSendingRules(other)).toEqual({ ok: true, value: before });
  const written = await inScope(scope, (tx) =>
    tx
      .select({ detail: auditLog.detail, userId: auditLog.userId })
      .from(auditLog)
      .where(
        and(
          eq(auditLog.workspaceId, scope.workspaceId),
          eq(auditLog.action, 'workspace.sending_rules_changed'),
        ),
      ),
  );
  expect(written).toEqual([{ detail: rules, userId: userOf(scope) }]);
});

it.each([
  { scheduleGraceMinutes: 0 },
  { scheduleGraceMinutes: 10_081 },
  { scheduleGraceMinutes: 1.5 },
  { unconfirmedPolicy: 'guess' },
  { quietFrom: '24:00' },
  { quietUntil: '8' },
])('%j is no rule', (wrong) => {
  const rules = {
    ...{ unconfirmedPolicy: 'leave', scheduleGraceMinutes: 60 },
    ...{ quietFrom: '21:00', quietUntil: '08:00', helpText: '' },
  };
  expect(SendingRules.safeParse(rules).success).toBe(true);
  expect(SendingRules.safeParse({ ...rules, ...wrong }).success).toBe(false);
});
