import { z } from 'zod';
import { cleanText, singleLine } from '../text';

/* What authors may write into the fields of a campaign, wherever they do it. */

export const CampaignName = cleanText()
  .overwrite(singleLine)
  .min(1, 'Give it a name, so that you find it again.')
  .max(200, 'Use at most 200 characters.');

/** A subject or a preheader. */
export const CampaignLine = cleanText().max(500, 'Use at most 500 characters.');

/** What the page of a recipient's code offers. Empty: nothing. */
export const OfferText = cleanText().max(500, 'Use at most 500 characters.');

/** The last day of an offer, on the workspace's calendar. */
export const OfferUntil = z.iso.date('Enter a day, such as 2030-01-31.').nullable();

export const CampaignBody = cleanText().max(1_000_000, 'It is longer than a million characters. Shorten it.');
