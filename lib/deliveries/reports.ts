import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { eventsOfMail } from '../bounces/bounce-report';
import { providerReports } from '../db/schema/deliveries';
import { senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import { uuidv7 } from '../ids';
import { processReports } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { log } from '../log';
import type { IncomingReport, IncomingText, ProviderEvent } from '../providers/provider';
import { providers } from '../providers/registry';
import { storedSettings } from '../senders/sender-settings';
import { recordProviderEvents } from './events';
import { helpText, recordIncomingText } from './incoming-texts';
import { readReportToken } from './report-address';

const atOnce = 500;
/** A service repeats a report for some days at most. */
const keptMs = 30 * 24 * 3600_000;

/** `unknown`: no such address. `unsigned`: not signed for it a moment ago. `answer`: what its service waits to hear. */
export type Received =
  | { what: 'unknown' | 'unsigned' }
  | { what: 'seen' | 'kept'; answer?: { type: string; body: string } };

/**
 * Keeps what came in at the address that a service reports to, with the job that reads it, before it is answered. The same
 * report again changes nothing.
 */
export async function receiveReport(
  provider: string,
  token: string,
  report: IncomingReport,
  now = Date.now(),
): Promise<Received> {
  const named = readReportToken(token);
  if (!named) return { what: 'unknown' };
  const scope = mintSystemScope(named.workspaceId);
  return inScope(scope, async (tx): Promise<Received> => {
    const [sender] = await tx
      .select({ id: senders.id, provider: senders.provider, config: senders.config })
      .from(senders)
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, named.senderId)));
    const reports = sender && providers[sender.provider].reports;
    if (!reports || sender.provider !== provider) return { what: 'unknown' };
    const settings = storedSettings(sender);
    const reportId = settings && reports.identify(settings, report, now);
    if (reportId === undefined) return { what: 'unsigned' };
    const body = reports.keep?.(report) ?? Buffer.from(report.body).toString('utf8');
    const text = reports.textOf?.(body);
    const wantsHelp = text?.asks === 'help' && !text.isAnswered;
    const answer = text && reports.answer?.(wantsHelp ? await helpText(tx, scope) : null);
    const kept = await tx
      .insert(providerReports)
      .values({
        ...{ workspaceId: scope.workspaceId, senderId: sender.id, reportId },
        id: uuidv7(now),
        body: body.replaceAll('\0', ''),
      })
      .onConflictDoNothing()
      .returning({ id: providerReports.id });
    if (kept.length === 0) return { what: 'seen', answer };
    await enqueue(tx, processReports, [{ workspaceId: scope.workspaceId }]);
    return { what: 'kept', answer };
  });
}

/** Writes into the ledger what was reported, in any order, any number of times; and forgets who was named. */
export async function processAllReports(scope: Scope): Promise<void> {
  for (let found = atOnce; found === atOnce; ) {
    const open = await inScope(scope, (tx) =>
      tx
        .select({
          id: providerReports.id,
          reportId: providerReports.reportId,
          body: providerReports.body,
          provider: senders.provider,
        })
        .from(providerReports)
        .innerJoin(
          senders,
          and(eq(senders.workspaceId, providerReports.workspaceId), eq(senders.id, providerReports.senderId)),
        )
        .where(and(eq(providerReports.workspaceId, scope.workspaceId), isNotNull(providerReports.body)))
        .orderBy(asc(providerReports.id))
        .limit(atOnce),
    );
    found = open.length;
    const read = open.map((row) => ({ id: row.id, ...readReport(row) }));
    await recordProviderEvents(
      scope,
      read.flatMap(({ events }) => events),
    );
    // What people write is acted on once: in the transaction that forgets it.
    const failed = new Set<string>();
    for (const { id, text } of read) if (text && !(await actOn(scope, id, text))) failed.add(id);
    const done = open.flatMap(({ id }) => (failed.has(id) ? [] : [id]));
    await inScope(scope, (tx) => forget(tx, scope, done));
    if (failed.size > 0) break;
  }
  await inScope(scope, (tx) =>
    tx.execute(sql`
      delete from provider_reports
      where workspace_id = ${scope.workspaceId} and id < ${uuidv7(Date.now() - keptMs)} and body is null`),
  );
}

const forget = (tx: ScopedTx, { workspaceId }: Scope, ids: string[]) =>
  tx.execute<{ id: string }>(sql`
    update provider_reports set body = null
    where workspace_id = ${workspaceId} and id = any(${`{${ids.join(',')}}`}::uuid[]) and body is not null returning id`);

/** One that cannot be acted on, by a fault of ours, must not hold up the others; it is tried again with the next reports. */
async function actOn(scope: Scope, id: string, text: IncomingText): Promise<boolean> {
  try {
    await inScope(scope, async (tx) => {
      const [first] = await forget(tx, scope, [id]);
      if (first) await recordIncomingText(tx, scope, text);
    });
    return true;
  } catch (error) {
    log.error({ err: error, report: id }, 'what somebody has texted could not be acted on');
    return false;
  }
}

type Open = Pick<typeof providerReports.$inferSelect, 'id' | 'reportId' | 'body'> &
  Pick<typeof senders.$inferSelect, 'provider'>;

function readReport({ id, reportId, body, provider }: Open): {
  events: ProviderEvent[];
  text?: IncomingText;
} {
  const { reports } = providers[provider];
  if (body === null) return { events: [] };
  try {
    const byMail = eventsOfMail(reportId, body);
    if (byMail || !reports) return { events: byMail ?? [] };
    return { events: reports.eventsOf(body), text: reports.textOf?.(body) };
  } catch {
    // Its service has signed it, and yet it is nothing that we know: there is no use in reading it again. Whom it names, and
    // the error may quote, does not belong into the log.
    log.warn({ report: id, provider }, 'a report could not be read');
    return { events: [] };
  }
}
