import { z } from 'zod';
import { campaignStatuses } from '@/lib/db/states';
import { cleanText } from '@/lib/text';

/** What the address of the list may say. It can be edited by hand: what makes no sense is as if it were not there. */
export const Search = z.object({
  search: cleanText().trim().min(1).max(200).optional().catch(undefined),
  status: z.enum(campaignStatuses).optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
});
