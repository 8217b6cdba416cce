'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { readCode } from '@/lib/codes/code';
import { redeemOffer, undoRedemption } from '@/lib/codes/redeem';
import { scanCode } from '@/lib/codes/scan';
import { CampaignId, ContactId } from '@/lib/ids';

const TypedCode = z.object({
  code: z.string().transform((typed, context) => {
    const code = readCode(typed);
    if (code) return code;
    context.addIssue({ code: 'custom', message: 'A code has 12 letters and digits, like 7K3M-9QXV-B2AT.' });
    return z.NEVER;
  }),
});

export const findCodeAction = authorizedAction('contacts:read', TypedCode, async (scope, { code }) => {
  const scanned = await scanCode(scope, code);
  if (scanned.ok) redirect(`/codes/${code}`);
  return scanned;
});

const Which = z.object({ contactId: ContactId, campaignId: CampaignId });

export const redeemOfferAction = authorizedAction('contacts:write', Which, async (scope, which) => {
  const redeemed = await redeemOffer(scope, which);
  refresh(); // also when somebody else was faster: then the page says who
  return redeemed;
});

export const undoRedemptionAction = authorizedAction('contacts:write', Which, async (scope, which) => {
  const undone = await undoRedemption(scope, which);
  refresh();
  return undone;
});
