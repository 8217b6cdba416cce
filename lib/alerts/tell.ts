import { and, asc, eq, gt, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { alerts, breakers, members, users, workspaces } from '../db/schema';
import { inScope } from '../db/scoped';
import type { ProductMailWords } from '../emails/product-mail';
import { env } from '../env';
import type { SenderId } from '../ids';
import { log } from '../log';
import { hasOwnMail, sendInstallationMail } from '../product-mail/installation-mail';
import { sendProductMail } from '../product-mail/send-product-mail';
import { readAlertRules } from './rules';

type Told = Pick<typeof alerts.$inferSelect, 'id' | 'title' | 'detail' | 'openedAt' | 'resolvedAt'>;
type Person = { name: string; address: string };

/** For so long it is tried to tell somebody by mail; then the app alone tells it. */
const triedMs = 6 * 3600_000;

/**
 * Writes to owners and admins about alerts that opened and resolved since they were told last, all in one message. It takes
 * a sender that works, then the server's own mail, then the sandbox; when none does, it is tried again with the next look.
 */
export async function tellOfAlerts(scope: Scope, now: Date): Promise<void> {
  const { rules, people, workspace, broken } = await whoAndHow(scope);
  const opened = await take(scope, now, 'openedToldAt', isNull(alerts.resolvedAt));
  const resolved = await take(scope, now, 'resolvedToldAt', isNotNull(alerts.resolvedAt));
  if (opened.length + resolved.length === 0 || !rules.byMail) return;
  const { subject, ...words } = wordsFor(opened, resolved, workspace);
  for (const person of people)
    if (!(await write(scope, person, subject, words, broken))) {
      log.warn(
        { workspace: scope.workspaceId, alerts: opened.length + resolved.length },
        'nobody could be told of alerts by mail',
      );
      await giveBack(scope, 'openedToldAt', opened);
      await giveBack(scope, 'resolvedToldAt', resolved);
      return;
    }
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
      broken: (
        await tx.select({ id: breakers.senderId }).from(breakers).where(eq(breakers.workspaceId, workspaceId))
      ).map(({ id }) => id),
    };
  });
}

type ToldAt = 'openedToldAt' | 'resolvedToldAt';

/** Marks them before they are told: a worker that dies between tells nobody, rather than everybody twice. */
function take(scope: Scope, now: Date, told: ToldAt, which: SQL): Promise<Told[]> {
  const { id, title, detail, openedAt, resolvedAt, workspaceId } = alerts;
  const began = told === 'openedToldAt' ? openedAt : resolvedAt;
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
          gt(began, new Date(now.getTime() - triedMs)),
        ),
      )
      .returning({ id, title, detail, openedAt, resolvedAt }),
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
    action: { label: 'Open the system page', url: `${env().APP_URL}/system` },
  };
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
  broken: SenderId[],
): Promise<boolean> {
  const sent = await sendProductMail(scope, person, subject, words, { not: broken });
  if (sent.ok) return true;
  if (hasOwnMail() && (await sendInstallationMail(person, subject, words))) return true;
  const kept = await sendProductMail(scope, person, subject, words, { not: broken, evenSandbox: true });
  return kept.ok;
}
