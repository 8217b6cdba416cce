import { z } from 'zod';
import { NewApiKey } from '@/lib/api-keys/key-input';
import { type ListAccess, listAccesses, roles } from '@/lib/db/states';
import { ListId, WorkspaceId } from '@/lib/ids';
import { defineCommand, UsageError } from './command';
import { unwrap, withInstallation } from './installation';

const isAccess = (text: string): text is ListAccess => listAccesses.some((access) => access === text);

/** "ID,ID:view": what stands behind the colon is granted, and all of it where nothing does. */
const Lists = z.string().transform((text, context) => {
  const grants = text.split(',').map((part) => {
    const [id = '', access = 'send', ...more] = part.trim().split(':');
    const listId = ListId.safeParse(id);
    return listId.success && isAccess(access) && more.length === 0
      ? { listId: listId.data, access }
      : undefined;
  });
  const right = grants.filter((grant) => grant !== undefined);
  if (right.length === grants.length) return right;
  context.addIssue({
    code: 'custom',
    message: `give ids of lists, like ID or ID:view (${listAccesses.join(', ')})`,
  });
  return z.NEVER;
});

const Input = z.object({
  name: z.string(),
  workspace: WorkspaceId.optional(),
  role: z.enum(roles, `choose one of ${roles.join(', ')}`).optional(),
  lists: Lists.optional(),
  expiresInDays: z.coerce.number('give a number of days').optional(),
});

/** A key that is given lists is a marketer’s: to the other roles lists mean nothing. */
function keyOf({ name, role, lists, expiresInDays }: z.output<typeof Input>): NewApiKey {
  const parsed = NewApiKey.safeParse({
    ...{ name, role: role ?? (lists ? 'marketer' : 'owner'), grants: lists, expiresInDays },
  });
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues[0]?.message ?? 'This is no key.');
}

export const apiKeyCreate = defineCommand({
  name: 'api-key create',
  about: 'makes an API key, and prints it alone',
  options: {
    name: { value: 'N', about: 'what will use it' },
    workspace: { value: 'ID', about: 'default: the first workspace' },
    role: { value: 'R', about: `${roles.join(', ')}; default owner, or marketer with --lists` },
    lists: { value: 'ID,ID:view', about: 'the lists that a marketer’s key reaches; see below' },
    'expires-in-days': { value: 'D', about: 'default: it holds until it is revoked' },
  },
  notes: `A list's id may be followed by what it grants: :view, :edit or :send, each of which holds the one before it. An id
alone grants send. The key is shown this once: only its hash is kept.`,
  input: Input,
  run(input) {
    const key = keyOf(input);
    return withInstallation(async () => {
      const { findWorkspace } = await import('@/lib/workspaces/find-workspace');
      const { mintSystemScope } = await import('@/lib/auth/scope');
      const { createApiKey } = await import('@/lib/api-keys/create-key');
      const workspaceId = unwrap(await findWorkspace(input.workspace));
      const { id, token } = unwrap(await createApiKey(mintSystemScope(workspaceId), key));
      return { lines: [token], json: { id, key: token, workspaceId, role: key.role } };
    });
  },
});
