import { Button } from '@mantine/core';
import { z } from 'zod';
import { fileSize } from '@/components/import-words';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import { ProblemAlert } from '@/components/problem-alert';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { may, mayChangeList } from '@/lib/auth/policy';
import type { Scope } from '@/lib/auth/scope';
import { findImport, type Import, previewImport } from '@/lib/imports/imports';
import { firstRowOf, listRejections } from '@/lib/imports/rejections';
import { listLists } from '@/lib/lists/lists';
import { previewOf } from '../../import/preview';
import { importIdOf } from './import-id';
import { ImportLive } from './import-live';
import { liveImport } from './live-import';
import { ImportMapping } from './mapping';
import { RejectedRows } from './rejected-rows';

export const metadata = { title: 'Import' };

const perPage = 50;
const Search = z.object({
  show: z.enum(['duplicate', 'invalid']).optional().catch(undefined),
  after: z.coerce.number().int().min(0).max(2_000_000_000).catch(0).default(0),
});

export default authorizedPage('contacts:read', async (scope, { params, search }) => {
  const found = valueOrNotFound(await findImport(scope, importIdOf(params)));
  const canImport = may(scope, 'contacts:write');
  if (found.status === 'uploaded')
    return canImport ? <Uploaded scope={scope} found={found} /> : <Waits found={found} />;
  const { show, after } = Search.parse(search);
  const over = found.status !== 'running';
  const rows = over ? await listRejections(scope, found.id, { after, limit: perPage + 1, kind: show }) : [];
  const list = found.listId && found.listName !== null ? { id: found.listId, name: found.listName } : null;
  return (
    <>
      <ImportLive
        id={found.id}
        fileName={found.fileName}
        list={list}
        initial={liveImport(found)}
        canCancel={canImport}
      />
      {over && found.duplicates + found.invalid > 0 && (
        <RejectedRows
          id={found.id}
          rows={rows.slice(0, perPage)}
          show={show}
          after={after}
          more={rows.length > perPage}
          total={found.duplicates + found.invalid}
          firstRow={firstRowOf(found)}
        />
      )}
    </>
  );
});

const Waits = ({ found }: { found: Import }) => (
  <PageHeader
    back={{ href: '/contacts', label: 'Contacts' }}
    title={found.fileName}
    description="This file was uploaded, and its import has not been started yet."
  />
);

async function Uploaded({ scope, found }: { scope: Scope; found: Import }) {
  const [preview, lists] = await Promise.all([previewImport(scope, found.id), listLists(scope)]);
  return (
    <>
      <PageHeader
        back={{ href: '/contacts/import', label: 'Import contacts' }}
        title={found.fileName}
        description={`${fileSize(found.bytes)}. Look whether everything was understood; nothing is imported yet.`}
        actions={
          preview.ok ? undefined : (
            <Button component={Link} href="/contacts/import">
              Upload another file
            </Button>
          )
        }
      />
      {preview.ok ? (
        <ImportMapping
          id={found.id}
          initial={previewOf(preview.value)}
          lists={lists.filter(({ id }) => mayChangeList(scope, id)).map(({ id, name }) => ({ id, name }))}
          needsList={scope.lists !== 'all'}
          listName={newListName(found.fileName, lists)}
        />
      ) : (
        <ProblemAlert problem={preview.problem} />
      )}
    </>
  );
}

/** The file's name without its ending, and a number where a list has that name already. */
function newListName(fileName: string, lists: { name: string }[]): string {
  const base = fileName.replace(/\.[a-z]{1,4}$/i, '').slice(0, 90) || 'Imported contacts';
  const taken = new Set(lists.map(({ name }) => name.toLowerCase()));
  let name = base;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${base} ${n}`;
  return name;
}
