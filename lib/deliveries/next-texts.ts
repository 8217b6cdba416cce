import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { skipReason } from '../campaigns/audience';
import { sampleLinks } from '../codes/code-links';
import { sampleSlug, shortUrl } from '../codes/short-links';
import { inScopeOnce } from '../db/scoped';
import type { CampaignId } from '../ids';
import { charactersOf, longestText, measureText } from '../messages/segments';
import { dueOf, quiet } from './claim';
import { preparedMessage } from './message-cache';

type Row = {
  skipped: boolean;
  email: string | null;
  first_name: string;
  last_name: string;
  country: string | null;
  attributes: Record<string, unknown>;
};

/**
 * How many text messages of a batch, at most `limit`, are next and count alike, and for how many segments each. Looks without
 * claiming anybody: permits come before claims. Short addresses are all equally long, so that an example stands for them.
 */
export async function nextTexts(
  scope: Scope,
  job: { campaignId: CampaignId; batch: number },
  limit: number,
): Promise<{ count: number; each: number }> {
  const prepared = await preparedMessage(scope, job.campaignId);
  if (prepared?.channel !== 'sms') throw new Error('a text message that is being sent is compiled');
  const rows = await inScopeOnce<Row>(
    scope,
    sql`
      select (${skipReason('sms', sql`d.address`)} is not null or ${quiet(scope, 'sms')} is not null) as skipped,
        c.email, c.first_name, c.last_name, c.country, c.attributes
      ${dueOf(scope, job)}
      order by d.ctid limit ${limit}`,
  );
  const { message } = prepared;
  const own = shortUrl(sampleSlug);
  const links = { own, others: message.compiled.links.map(() => own), code: sampleLinks() };
  const company = message.compiled.company ?? { name: '', postalAddress: '' };
  let each: number | undefined;
  let count = 0;
  for (const row of rows) {
    if (!row.skipped) {
      const contact = {
        ...{ email: row.email, firstName: row.first_name, lastName: row.last_name },
        ...{ country: row.country, attributes: row.attributes },
      };
      const text = message.render(contact, links, company);
      // One that is too long is not sent.
      const isSent = text.ok && charactersOf(text.value) <= longestText;
      const segments = isSent ? measureText(text.value).segments : 1;
      each ??= segments;
      if (segments !== each) break;
      count++;
    }
  }
  return { count: Math.max(1, count), each: each ?? 1 };
}
