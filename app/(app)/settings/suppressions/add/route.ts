import { authorizedRoute } from '@/lib/action';
import { fail } from '@/lib/errors';
import { readAtMost } from '@/lib/read-at-most';
import { mostBytes, suppressMany } from '@/lib/suppressions/suppress-many';
import { cleanText } from '@/lib/text';

const Note = cleanText().max(200);

/** Takes pasted addresses, or a file of them: a server action takes no more than 2 MB. */
export const POST = authorizedRoute('settings:write', async (scope, request) => {
  const note = Note.safeParse(request.nextUrl.searchParams.get('note') ?? '');
  if (!note.success) return fail('invalid', 'Keep the reason within 200 characters.');
  const bytes = await readAtMost(request, mostBytes);
  if (!bytes)
    return fail(
      'too_large',
      'This is more than 20 MB. Split the file and add the parts one after the other.',
    );
  return suppressMany(scope, new TextDecoder().decode(bytes), note.data);
});
