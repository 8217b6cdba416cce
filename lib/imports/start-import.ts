import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { AttributeName } from '../contacts/attributes';
import { type ImportColumn, imports } from '../db/schema/imports';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import { type ImportId, ListId } from '../ids';
import { runImport as runImportJob } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { editableList, ListName, makeList } from '../lists/lists';
import { delimiters } from './csv-reader';
import { encodings } from './encoding';
import { previewImport } from './imports';

const Field = z.enum([
  'email',
  'phone',
  'first_name',
  'last_name',
  'full_name',
  'country',
  'time_zone',
  'email_consent',
  'sms_consent',
  'attributes_json',
  'ignore',
]);

/** What a person chose for an uploaded file. */
export const ImportChoices = z.object({
  encoding: z.enum(encodings),
  delimiter: z.enum(delimiters),
  header: z.boolean(),
  columns: z
    .array(z.union([Field, z.object({ attribute: AttributeName })]))
    .min(1)
    .max(500),
  /** Null: on no list. */
  list: z.union([z.object({ id: ListId }), z.object({ name: ListName })]).nullable(),
});
export type ImportChoices = z.infer<typeof ImportChoices>;

function columnsProblem(columns: ImportColumn[]): string | undefined {
  if (!columns.includes('email'))
    return 'No column holds the e-mail addresses. Choose "E-mail" for the column that does; without one nobody can be imported.';
  const seen = new Set<string>();
  for (const column of columns) {
    if (column === 'ignore') continue;
    const name = typeof column === 'string' ? column.replace('_', ' ') : `attribute "${column.attribute}"`;
    if (seen.has(name))
      return `Two columns are read as ${name}. Choose something else for one of them, or ignore it.`;
    seen.add(name);
  }
  return undefined;
}

/** Starts an uploaded import: its settings, its list, its audit entry and its job in one transaction. */
export async function startImport(
  scope: Scope,
  id: ImportId,
  choices: ImportChoices,
): Promise<Result<{ id: ImportId }>> {
  const problem = columnsProblem(choices.columns);
  if (problem) return fail('invalid', problem);
  const preview = await previewImport(scope, id, choices);
  if (!preview.ok) return preview;
  const { names } = preview.value.settings;
  if (names.length !== choices.columns.length)
    return fail('conflict', 'The columns changed meanwhile. Reload the page and choose again.');
  return inScope(scope, async (tx) => {
    const list = await chooseList(tx, scope, choices.list);
    if (!list.ok) return list;
    const { encoding, delimiter, header, columns } = choices;
    const started = await tx
      .update(imports)
      .set({
        status: 'running',
        startedAt: sql`clock_timestamp()`,
        listId: list.value,
        settings: { encoding, delimiter, header, names, columns },
      })
      .where(
        and(eq(imports.workspaceId, scope.workspaceId), eq(imports.id, id), eq(imports.status, 'uploaded')),
      )
      .returning({ id: imports.id });
    if (started.length === 0) return fail('conflict', 'This import was started already.');
    await audit(tx, scope, 'import.started', id, { listId: list.value });
    await enqueue(tx, runImportJob, [{ workspaceId: scope.workspaceId, importId: id }]);
    return ok({ id });
  });
}

export async function chooseList(
  tx: ScopedTx,
  scope: Scope,
  choice: ImportChoices['list'],
): Promise<Result<ListId | null>> {
  if (choice === null)
    return scope.lists === 'all' ? ok(null) : fail('invalid', 'Choose a list that you may change.');
  if ('id' in choice) {
    const found = await editableList(tx, scope, choice.id);
    if (!found.ok) return found;
    return found.value.archivedAt ? notFound('list') : ok(choice.id);
  }
  const id = await makeList(tx, scope, choice.name);
  if (id) return ok(id);
  return fail(
    'conflict',
    `A list called "${choice.name}" exists already. Choose it, or give the new list another name.`,
  );
}
