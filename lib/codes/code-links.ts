import { env } from '../env';
import { CampaignId, type ContactCode } from '../ids';
import { sampleCode, showCode } from './code';

/** What a message says of its recipient's code. */
export type CodeLinks = {
  /** As people read it: with hyphens. */
  letters: string;
  /** Of the page that shows the code and the offer. */
  url: string;
  /** Of the QR image that leads there, as PNG. */
  imageUrl: string;
};

/** Names a campaign among those that wrote to one contact: the last 8 digits of its id, which are random. */
export const campaignRef = (id: CampaignId): string => id.slice(-8);

/** A reference as it stands in an address; undefined for what can be none. */
export const readRef = (text: string | null | undefined): string | undefined =>
  text && /^[0-9a-f]{8}$/.test(text) ? text : undefined;

/** Where a code's page is, with the campaign whose offer it shows first, if one is named. */
export const codeUrl = (code: ContactCode, ref?: string): string =>
  `${env().APP_URL}/q/${code}${ref ? `?c=${ref}` : ''}`;

/** As long as those of any recipient of a campaign: for previews and measuring. */
export const sampleLinks = (): CodeLinks => codeLinks(sampleCode, sampleCampaign);

const sampleCampaign = CampaignId.parse('00000000-0000-7000-8000-000000000000');

/** What a message to the owner of a code says of it. No campaign: it is none's, or was not sent yet. */
export function codeLinks(code: ContactCode, campaignId?: CampaignId): CodeLinks {
  const query = campaignId ? `?c=${campaignRef(campaignId)}` : '';
  const base = `${env().APP_URL}/q/${code}`;
  return { letters: showCode(code), url: `${base}${query}`, imageUrl: `${base}.png${query}` };
}
