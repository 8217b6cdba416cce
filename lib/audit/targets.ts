import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { apiKeys } from '../db/schema/access';
import { campaigns } from '../db/schema/campaigns';
import { imports } from '../db/schema/imports';
import { contacts, lists } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { webhooks } from '../db/schema/webhooks';
import type { ScopedTx } from '../db/scoped';

/** What was done to; `exists` when it can still be opened. */
export type Target = { kind: TargetKind; id: string; name: string | null; exists: boolean };
export type TargetKind = keyof typeof tables | 'workspace';

const tables = {
  campaign: { table: campaigns, name: sql`name` },
  list: { table: lists, name: sql`name` },
  contact: { table: contacts, name: sql`coalesce(email, phone, '')` },
  sender: { table: senders, name: sql`name` },
  import: { table: imports, name: sql`file_name` },
  api_key: { table: apiKeys, name: sql`name` },
  webhook: { table: webhooks, name: sql`substring(url from '^https?://[^/?#]+')` },
};

type Row = { id: string; action: string; targetId: string | null; detail: Record<string, unknown> };

const isKind = (subject: string): subject is keyof typeof tables => subject in tables;
const Named = z.object({ name: z.string() });

/** Of which kind the target of an action is, and its id where the log names it in the detail. */
function refer({ action, targetId, detail }: Row): { kind: TargetKind; id: string } | undefined {
  const subject = action.split('.', 1)[0] ?? '';
  if (action === 'address.suppressed') {
    const contact = z.uuid().safeParse(detail.contactId);
    return contact.success ? { kind: 'contact', id: contact.data } : undefined;
  }
  if (targetId === null) return undefined;
  if (subject === 'sample_data') return { kind: 'list', id: targetId };
  if (subject === 'workspace') return { kind: 'workspace', id: targetId };
  return isKind(subject) ? { kind: subject, id: targetId } : undefined;
}

/** The targets of some entries by the entries' ids: with their present names, or those that the log kept of them. */
export async function targetsOf(tx: ScopedTx, scope: Scope, rows: Row[]): Promise<Map<string, Target>> {
  const referred = rows.flatMap((row) => {
    const target = refer(row);
    return target ? [{ ...target, row }] : [];
  });
  const names = new Map<string, string>();
  for (const kind of new Set(referred.map((one) => one.kind))) {
    if (kind === 'workspace') continue;
    const ids = referred.filter((one) => one.kind === kind).map((one) => one.id);
    for (const { id, name } of await readNames(tx, scope, kind, ids)) names.set(`${kind}/${id}`, name);
  }
  return new Map(
    referred.map(({ kind, id, row }) => {
      const present = names.get(`${kind}/${id}`);
      const name = present || (Named.safeParse(row.detail).data?.name ?? null);
      return [row.id, { kind, id, name, exists: kind === 'workspace' || present !== undefined }];
    }),
  );
}

const Name = z.object({ id: z.string(), name: z.string() });

async function readNames(tx: ScopedTx, { workspaceId }: Scope, kind: keyof typeof tables, ids: string[]) {
  const { table, name } = tables[kind];
  const rows = await tx.execute(
    sql`select id, ${name} as name from ${table} where workspace_id = ${workspaceId} and id in ${ids}`,
  );
  return z.array(Name).parse([...rows]);
}
