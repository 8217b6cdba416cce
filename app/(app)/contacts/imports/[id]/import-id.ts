import { notFound } from 'next/navigation';
import { ImportId } from '@/lib/ids';

/** The import that the address names; what cannot be an id is a page that does not exist. */
export function importIdOf(params: { id?: unknown }): ImportId {
  const id = ImportId.safeParse(params.id);
  return id.success ? id.data : notFound();
}
