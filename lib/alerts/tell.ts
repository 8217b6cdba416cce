import { and, asc, eq, gt, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { users } from '../db/schema/accounts';
import { alerts } from '../db/schema/operation';
import { breakers, senders } from '../db/schema/senders';
import { members, workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { campaignAlerts } from '../db/states';
import type { ProductMailWords } from '../emails/product-mail';
import { env } from '../env';
import type { SenderId } from '../ids';
import { log } from '../log';
import { hasOwnMail, sendInstallationMail } from '../product-mail/installation-mail';
import { sendProductMail } from '../product-mail/send-product-mail';
import { readAlertRules } from './rules';

type Told = Pick<
  typeof alerts.$inferSelect,
  'id' | 'kind' | 'subjectId' | 'title' | 'detail' | 'openedAt' | 'resolvedAt'
>;
type Person = { name: string; address: string };

/** For so long it is tried to tell by mail that something is over. */
const triedMs = 6 * 3600_000;

/**
 * Writes to owners and admins about alerts that opened and resolved since they were told last, all in one message. It takes
 * a sender that works, then the server's own mail, then a sender whose messages fail now and then, then the sandbox; when none
 * does, it is tried again with the next look.
 */
export async function tellOfAlerts(scope: Scope, now: Date): Promise<void> {
  const { rules, people, workspace, ...ways } = await whoAndHow(scope);
  const opened = await take(scope, now, 'openedToldAt', isNull(alerts.resolvedAt));
  const resolved = await take(scope, now, 'resolvedToldAt', isNotNull(alerts.resolvedAt));
  if (opened.length + resolved.length === 0 || !rules.byMail) return;
  const { subject, ...words } = wordsFor(opened, resolved, workspace);
  let told = 0;
  for (const person of people) if (await write(scope, person, subject, words, ways)) told++;
  if (told === people.length) return;
  const facts = { workspace: scope.workspaceId, alerts: opened.length + resolved.length, told };
  log.warn({ ...facts, people: people.length }, 'not everybody could be told of alerts by mail');
  // Whoever was told is not told again because another could not be.
  if (told > 0) return;
  await giveBack(scope, 'openedToldAt', opened);
  await giveBack(scope, 'resolvedToldAt', resolved);
}

function whoAndHow(scope: Scope) {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    const [workspace] = await tx
      .select({ name: workspaces.name })
      .from(workspaces)
      .where(eq(workspaces.id, workspaceId));
    return {
      rules: await readAlertRules(tx, scope),
      workspace: workspace?.name ?? '',
      people: await tx
        .select({ name: users.name, address: users.email })
        .from(members)
        .innerJoin(users, eq(users.id, members.userId))
        .where(and(eq(members.workspaceId, workspaceId), inArray(members.role, ['owner', 'admin'])))
        .orderBy(asc(members.createdAt), asc(members.userId)),
      ...(await brokenSenders(tx, scope)),
    };
  });
}

/** Those that do not get through, and those of whose messages many fail: mail about them shall not depend on them. */
type Ways = { held: SenderId[]; failing: SenderId[] };

async function brokenSenders(tx: ScopedTx, { workspaceId }: Scope): Promise<Ways> {
  const held = await tx
    .select({ id: breakers.senderId })
    .from(breakers)
    .where(eq(breakers.workspaceId, workspaceId));
  const failing = await tx
    .select({ id: senders.id })
    .from(alerts)
    .innerJoin(senders, and(eq(senders.workspaceId, alerts.workspaceId), eq(senders.id, alerts.subjectId)))
    .where(
      and(
        eq(alerts.workspaceId, workspaceId),
        eq(alerts.kind, 'error_rate'),
        isNotNull(alerts.openedAt),
        isNull(alerts.resolvedAt),
      ),
    );
  return { held: held.map(({ id }) => id), failing: failing.map(({ id }) => id) };
}

type ToldAt = 'openedToldAt' | 'resolvedToldAt';

/** Marks them before they are told: a worker that dies between tells nobody, rather than everybody twice. */
function take(scope: Scope, now: Date, told: ToldAt, which: SQL): Promise<Told[]> {
  const { id, kind, subjectId, title, detail, openedAt, resolvedAt, workspaceId } = alerts;
  return inScope(scope, (tx) =>
    tx
      .update(alerts)
      .set({ [told]: now })
      .where(
        and(
          eq(workspaceId, scope.workspaceId),
          isNotNull(openedAt),
          which,
          isNull(alerts[told]),
          // As long as it is open somebody has to know.
          told === 'resolvedToldAt' ? gt(resolvedAt, new Date(now.getTime() - triedMs)) : undefined,
        ),
      )
      .returning({ id, kind, subjectId, title, detail, openedAt, resolvedAt }),
  );
}

async function giveBack(scope: Scope, told: ToldAt, rows: Told[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await inScope(scope, (tx) =>
    tx
      .update(alerts)
      .set({ [told]: null })
      .where(and(eq(alerts.workspaceId, scope.workspaceId), inArray(alerts.id, ids))),
  );
}

function wordsFor(
  opened: Told[],
  resolved: Told[],
  workspace: string,
): ProductMailWords & { subject: string } {
  const all = [...opened, ...resolved];
  const [one] = all;
  const isOver = opened.length === 0;
  const title = all.length === 1 && one ? one.title : `${all.length} alerts`;
  const paragraphs = [
    ...opened.map((alert) => (all.length === 1 ? alert.detail : `${alert.title}. ${alert.detail}`)),
    ...resolved.map((alert) =>
      all.length === 1 ? `This is over. ${lasted(alert)}` : `Over: ${alert.title}. ${lasted(alert)}`,
    ),
  ];
  return {
    subject: `${isOver ? 'Resolved' : 'Alert'}: ${title} (${workspace})`,
    title: isOver && all.length === 1 ? `Over: ${title}` : title,
    paragraphs,
    action: all.length === 1 && one ? placeOf(one) : systemPage(),
  };
}

const systemPage = () => ({ label: 'Open the system page', url: `${env().APP_URL}/system` });

function placeOf({ kind, subjectId, resolvedAt }: Told) {
  if (subjectId === null) return systemPage();
  if (campaignAlerts.has(kind))
    return { label: 'Open the campaign', url: `${env().APP_URL}/campaigns/${subjectId}` };
  // It may be over because the sender was deleted.
  return resolvedAt
    ? systemPage()
    : { label: 'Open the sender', url: `${env().APP_URL}/settings/senders/${subjectId}` };
}

function lasted({ openedAt, resolvedAt }: Told): string {
  if (!openedAt || !resolvedAt) return '';
  const minutes = Math.max(1, Math.round((resolvedAt.getTime() - openedAt.getTime()) / 60_000));
  return `It lasted ${minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`}.`;
}

async function write(
  scope: Scope,
  person: Person,
  subject: string,
  words: ProductMailWords,
  { held, failing }: Ways,
): Promise<boolean> {
  const sent = await sendProductMail(scope, person, subject, words, { not: [...held, ...failing] });
  if (sent.ok) return true;
  if (hasOwnMail() && (await sendInstallationMail(person, subject, words))) return true;
  if (failing.length > 0 && (await sendProductMail(scope, person, subject, words, { not: held })).ok)
    return true;
  const kept = await sendProductMail(scope, person, subject, words, { not: held, evenSandbox: true });
  return kept.ok;
}
