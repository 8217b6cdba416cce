import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { campaignReport } from '../analytics/campaign-report';
import { launchNow, ledger, testList } from '../campaigns/testing';
import { eraseContact } from '../contacts/erase-contact';
import { shortLinks } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { testText } from '../deliveries/testing-texts';
import { ContactId, newId } from '../ids';
import { settledAfterMs } from '../tracking/bursts';
import { countTracking } from '../tracking/count';
import { testWorkspace } from '../workspaces/testing';
import { followShortLink, readSlug, shortUrlsOf } from './short-links';

async function launched(body = 'See https://shop.example.com/bread?x=1') {
  const { scope } = await testWorkspace();
  const [sender] = await inScope(scope, (tx) => tx.select().from(senders).where(eq(senders.channel, 'sms')));
  if (!sender) throw new Error('a workspace has a sandbox for text messages');
  const people = [
    { phone: '+15005551001', smsSubscribed: true },
    { phone: '+15005551002', smsSubscribed: true },
  ];
  const { listId, contactIds } = await testList(scope, people);
  const campaignId = await testText(scope, sender.id, [listId], body);
  await launchNow(scope, campaignId);
  const ids = (await ledger(scope, campaignId)).map(({ id }) => id);
  const urls = await shortUrlsOf(scope, ids, 1);
  const slugs = ids.map((id) => (urls.get(id) ?? []).map((url) => readSlug(url.split('/').at(-1) ?? '')));
  return { scope, contactIds, campaignId, ids, slugs };
}

const clicks = (slug: string | undefined, clicked = true) => {
  const read = readSlug(slug ?? '');
  if (!read) throw new Error('it is a slug');
  return followShortLink(read, { clicked });
};

it('leads on also to an address with letters that no header may hold', async () => {
  const { slugs } = await launched('See https://shop.example.com/パン?x=ł');
  const target = await clicks(slugs[0]?.[1]);
  expect(target).toBe('https://shop.example.com/%E3%83%91%E3%83%B3?x=%C5%82');
});

it('leads each recipient to their own code, or to a link of the message, and counts who followed it', async () => {
  const { scope, campaignId, ids, slugs } = await launched();
  const [first] = ids;
  if (!first) throw new Error('it is in the ledger');
  const [[own, shop] = [], [other] = []] = slugs;
  expect(own).toHaveLength(10);
  expect(await clicks(own?.toLowerCase())).toMatch(
    /^http:\/\/localhost:3000\/q\/[0-9A-Z]{12}\?c=[0-9a-f]{8}$/,
  );
  expect(await clicks(other)).not.toBe(await clicks(own, false));
  expect(await clicks(shop)).toBe('https://shop.example.com/bread?x=1');
  await clicks(shop);
  const counted = await inScope(scope, (tx) =>
    tx
      .select({ link: shortLinks.link, clicks: shortLinks.clicks })
      .from(shortLinks)
      .where(eq(shortLinks.deliveryId, first))
      .orderBy(shortLinks.link),
  );
  expect(counted).toEqual([
    { link: 0, clicks: 1 },
    { link: 1, clicks: 2 },
  ]);
  expect((await ledger(scope, campaignId)).map(({ clickedAt }) => clickedAt !== null)).toEqual([true, true]);
});

it('stands in the report of its campaign, and of somebody who wants none of that nothing is counted', async () => {
  const { scope, campaignId, contactIds, slugs } = await launched();
  const shops = slugs.map(([, shop]) => shop);
  await inScope(scope, (tx) =>
    tx
      .update(contacts)
      .set({ tracking: false })
      .where(eq(contacts.id, contactIds[1] ?? newId(ContactId))),
  );
  for (const shop of [...shops, shops[0]])
    expect(await clicks(shop)).toBe('https://shop.example.com/bread?x=1');
  await countTracking(scope, Date.now() + settledAfterMs + 1000);
  const report = await campaignReport(scope, campaignId);
  expect(report.ok && report.value).toMatchObject({
    channel: 'sms',
    clicks: { people: 1, human: 2, machine: 0 },
    links: [{ link: 1, url: 'https://shop.example.com/bread?x=1', people: 1, human: 2 }],
  });
  const rows = await ledger(scope, campaignId);
  expect(rows.map(({ clickedAt, openedAt }) => [clickedAt !== null, openedAt])).toEqual([
    [true, null],
    [false, null],
  ]);
});

it('is made once, whoever asks again', async () => {
  const { scope, ids, slugs } = await launched();
  const again = await shortUrlsOf(scope, ids, 1);
  expect(ids.map((id) => (again.get(id) ?? []).map((url) => url.slice(-10)))).toEqual(slugs);
});

it('leads nowhere once its recipient was erased, or when nobody drew it', async () => {
  const { scope, contactIds, slugs } = await launched();
  const [erased] = contactIds;
  if (erased) expect((await eraseContact(scope, erased)).ok).toBe(true);
  expect(await clicks(slugs[0]?.[0])).toBeUndefined();
  expect(await clicks(slugs[0]?.[1])).toBeUndefined();
  expect(await clicks('ZZZZZZZZZZ')).toBeUndefined();
});
