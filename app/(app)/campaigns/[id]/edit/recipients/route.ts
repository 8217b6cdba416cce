import { z } from 'zod';
import { authorizedRoute } from '@/lib/action';
import { listContacts } from '@/lib/contacts/list-contacts';
import { ok } from '@/lib/errors';
import { ListId } from '@/lib/ids';
import { campaignOf } from '../../campaign-id';

const shown = 8;
const Lists = z.array(ListId).max(20);

/** A few contacts to preview as: of the chosen lists, or of all while none is chosen. */
export const GET = authorizedRoute('contacts:read', async (scope, request, params) => {
  const campaign = await campaignOf(scope, params);
  if (!campaign.ok) return campaign;
  const query = request.nextUrl.searchParams;
  const search = query.get('search')?.slice(0, 200);
  const listIds = Lists.safeParse(query.getAll('list'));
  const places = listIds.success && listIds.data.length > 0 ? listIds.data : [undefined];
  const pages = await Promise.all(
    places.map((listId) => listContacts(scope, { search, listId, limit: shown })),
  );
  const rows = new Map(pages.flatMap((page) => page.rows).map((row) => [row.id, row]));
  return ok(
    [...rows.values()].slice(0, shown).map(({ id, email, firstName, lastName }) => ({
      id,
      email: email ?? '',
      name: `${firstName} ${lastName}`.trim(),
    })),
  );
});
