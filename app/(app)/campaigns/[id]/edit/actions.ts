'use server';

import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { sendTest } from '@/lib/campaigns/send-test';
import { CampaignId, ContactId } from '@/lib/ids';

const TestOrder = z.object({
  id: CampaignId,
  to: z.array(z.string().trim().max(320)).min(1, 'Enter an address.').max(10, 'Enter at most 10 addresses.'),
  contactId: ContactId.nullable(),
});

export const sendTestAction = authorizedAction('campaigns:send', TestOrder, (scope, { id, to, contactId }) =>
  sendTest(scope, id, { to, contactId }),
);
