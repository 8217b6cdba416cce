import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { providerReports, senders } from '../db/schema';
import { inScope } from '../db/scoped';
import { uuidv7 } from '../ids';
import { processReports } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { log } from '../log';
import type { IncomingReport } from '../providers/provider';
import { providers } from '../providers/registry';
import { storedSettings } from '../senders/sender-settings';
import { recordProviderEvents } from './events';
import { readReportToken } from './report-address';

const atOnce = 500;
/** A service repeats a report for some days at most. */
const keptMs = 30 * 24 * 3600_000;

/** `unknown`: no such address. `unsigned`: not signed for it a moment ago. */
export type Received = 'unknown' | 'unsigned' | 'seen' | 'kept';

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
  if (!named) return 'unknown';
  const scope = mintSystemScope(named.workspaceId);
  return inScope(scope, async (tx): Promise<Received> => {
    const [sender] = await tx
      .select({ id: senders.id, provider: senders.provider, config: senders.config })
      .from(senders)
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, named.senderId)));
    const reports = sender && providers[sender.provider].reports;
    if (!reports || sender.provider !== provider) return 'unknown';
    const settings = storedSettings(sender);
    const reportId = settings && reports.identify(settings, report, now);
    if (reportId === undefined) return 'unsigned';
    const kept = await tx
      .insert(providerReports)
      .values({
        ...{ workspaceId: scope.workspaceId, senderId: sender.id, reportId },
        id: uuidv7(now),
        body: Buffer.from(report.body).toString('utf8').replaceAll('\0', ''),
      })
      .onConflictDoNothing()
      .returning({ id: providerReports.id });
    if (kept.length === 0) return 'seen';
    await enqueue(tx, processReports, [{ workspaceId: scope.workspaceId }]);
    return 'kept';
  });
}

/** Writes into the ledger what was reported, in any order, any number of times; and forgets who was named. */
export async function processAllReports(scope: Scope): Promise<void> {
  for (let found = atOnce; found === atOnce; ) {
    const open = await inScope(scope, (tx) =>
      tx
        .select({ id: providerReports.id, body: providerReports.body, provider: senders.provider })
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
    await recordProviderEvents(scope, open.flatMap(eventsOf));
    await inScope(scope, (tx) =>
      tx.execute(sql`
        update provider_reports set body = null
        where workspace_id = ${scope.workspaceId} and id = any(${`{${open.map(({ id }) => id).join(',')}}`}::uuid[])`),
    );
  }
  await inScope(scope, (tx) =>
    tx.execute(sql`
      delete from provider_reports
      where workspace_id = ${scope.workspaceId} and id < ${uuidv7(Date.now() - keptMs)} and body is null`),
  );
}

type Open = Pick<typeof providerReports.$inferSelect, 'id' | 'body'> &
  Pick<typeof senders.$inferSelect, 'provider'>;

function eventsOf({ id, body, provider }: Open) {
  try {
    return body === null ? [] : (providers[provider].reports?.eventsOf(body) ?? []);
  } catch {
    // Its service has signed it, and yet it is nothing that we know: there is no use in reading it again. Whom it names, and
    // the error may quote, does not belong into the log.
    log.warn({ report: id, provider }, 'a report could not be read');
    return [];
  }
}
