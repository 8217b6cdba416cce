import { Badge } from '@mantine/core';
import { accessWords } from '@/components/member-words';
import type { Scope } from '@/lib/auth/scope';
import type { ListId } from '@/lib/ids';

/** What a list grants the reader, for whom it is set list by list. */
export function OwnAccess({ scope, listId }: { scope: Scope; listId: ListId }) {
  const access = scope.lists === 'all' ? undefined : scope.lists.get(listId);
  if (!access) return null;
  return (
    <Badge size="sm" variant="default" tt="none" fw={500} title={`You may ${accessWords[access].meaning}`}>
      {accessWords[access].label}
    </Badge>
  );
}
