import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import type { DomainReport } from '../db/domain-report';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { SenderId } from '../ids';
import { log } from '../log';
import { listAllSenders } from '../senders/all-senders';
import { safeSettings } from '../senders/sender-settings';
import { checkRecords, domainOf } from './check-domain';
import { checkOneClick } from './one-click';
import type { Resolve } from './records';

const mostSelectors = 5;

/** DKIM selectors as people enter them: names of DNS, apart by commas or blanks. */
export const Selectors = z
  .string()
  .max(500)
  .transform((text) => [
    ...new Set(
      text
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter((part) => part !== ''),
    ),
  ])
  .refine((names) => names.length <= mostSelectors, `Enter at most ${mostSelectors} selectors.`)
  .refine(
    (names) => names.every((name) => /^[a-z0-9_](?:[a-z0-9_.-]{0,61}[a-z0-9_])?$/.test(name)),
    'A selector is a short name, such as “resend”, without “._domainkey”.',
  );

type Row = typeof senders.$inferSelect;

/** What was found last, and when. Null when nobody has looked yet. */
export type CheckedDomain = {
  domain: string | null;
  selectors: string[];
  report: DomainReport | null;
  at: Date | null;
};

export async function senderDomain(scope: Scope, id: SenderId): Promise<Result<CheckedDomain>> {
  const row = await rowOf(scope, id);
  if (!row) return notFound('sender');
  const domain = domainOf(row.fromEmail) ?? null;
  // Of the address before, nothing is told.
  const report = row.domainReport?.domain === domain ? row.domainReport : null;
  return ok({ domain, selectors: row.dkimSelectors, report, at: report && row.domainCheckedAt });
}

/** Asks the DNS about the domain of a sender, with these selectors from now on, and keeps what it says. */
export async function checkSenderDomain(
  scope: Scope,
  id: SenderId,
  selectors: string[],
  resolve?: Resolve,
): Promise<Result<DomainReport>> {
  const row = await rowOf(scope, id);
  if (!row) return notFound('sender');
  if (!domainOf(row.fromEmail))
    return fail(
      'invalid',
      'The address of this sender has no domain that the world can ask for. Correct it first.',
    );
  if (row.dkimSelectors.join() !== selectors.join())
    await inScope(scope, async (tx) => {
      await tx.update(senders).set({ dkimSelectors: selectors }).where(ofId(scope, id));
      await audit(tx, scope, 'sender.selectors_changed', id, { selectors });
    });
  return ok(await look(scope, { ...row, dkimSelectors: selectors }, resolve));
}

/** The daily look. One sender that fails does not keep the others from theirs. */
export async function checkAllDomains(stop: AbortSignal, resolve?: Resolve): Promise<void> {
  for (const { scope, row } of await listAllSenders()) {
    if (stop.aborted) return;
    if (row.provider === 'sandbox' || !domainOf(row.fromEmail)) continue;
    const before = row.domainReport;
    try {
      const report = await look(scope, row, resolve);
      const worse = report.findings.filter(
        ({ check, verdict }) =>
          verdict === 'wrong' &&
          before?.findings.some((old) => old.check === check && old.verdict === 'good'),
      );
      for (const { check, says } of worse)
        log.warn({ sender: row.id, check, says }, 'the domain of a sender is no longer in order');
    } catch (error) {
      log.error({ err: error, sender: row.id }, 'the domain of a sender could not be checked');
    }
  }
}

const ofId = (scope: Scope, id: SenderId) =>
  and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, id));

/** Through which host a sender sends, where its settings name one. */
export function mailServerOf(row: Row): string | null {
  const host = safeSettings(row)?.values.host;
  return typeof host === 'string' && host !== '' ? host : null;
}

async function rowOf(scope: Scope, id: SenderId): Promise<Row | undefined> {
  const [row] = await inScope(scope, (tx) => tx.select().from(senders).where(ofId(scope, id)));
  return row;
}

async function look(scope: Scope, row: Row, resolve?: Resolve): Promise<DomainReport> {
  const domain = domainOf(row.fromEmail) ?? '';
  const selectors = row.dkimSelectors;
  const [records, oneClick] = await Promise.all([
    checkRecords(domain, { mailServer: mailServerOf(row), selectors }, resolve),
    checkOneClick(scope, row),
  ]);
  const report: DomainReport = { domain, selectors, findings: [...records, oneClick] };
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ domainReport: report, domainCheckedAt: sql`now()` })
      // Not when its address was changed meanwhile: then this is about another domain.
      .where(and(ofId(scope, row.id), eq(senders.fromEmail, row.fromEmail))),
  );
  return report;
}
