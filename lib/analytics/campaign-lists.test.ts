import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { mintScope } from '../auth/scope';
import { mostLists } from '../campaigns/audience';
import { launchNow, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { inScope } from '../db/scoped';
import { listDeliveries } from '../deliveries/deliveries';
import { newId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { campaignListReports } from './campaign-lists';
import { foldCounts } from './fold-counts';
import { mendCounts } from './recount-deliveries';

/** Four people on one list, three on another, of whom two are on both; and who of them did what. */
async function twoLists() {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const bakers = await testList(scope, 4, 'Bakers');
  const millers = await testList(scope, [{}, { emailSubscribed: false }], 'Millers');
  await inScope(scope, (tx) =>
    tx.execute(sql`
      insert into list_contacts (workspace_id, list_id, contact_id)
      select ${scope.workspaceId}, ${millers.listId}, id from unnest(${sql.param(bakers.contactIds.slice(2))}::uuid[]) id`),
  );
  const campaignId = await testCampaign(scope, senderId, [bakers.listId, millers.listId]);
  await launchNow(scope, campaignId);
  await inScope(scope, async (tx) => {
    await tx.execute(sql`update deliveries set state = 'sent', sent_at = now() where state = 'queued'`);
    await tx.execute(sql`update deliveries set opened_at = now() where contact_id = ${bakers.contactIds[3]}`);
    await tx.execute(
      sql`update deliveries set bounced_at = now() where contact_id = ${bakers.contactIds[0]}`,
    );
  });
  return { scope, campaignId, bakers: bakers.listId, millers: millers.listId, contactIds: bakers.contactIds };
}

const none = { failed: 0, bounced: 0, opened: 0, clicked: 0, unsubscribed: 0 };

describe('the report by list', () => {
  it('counts each under all lists they were on at the launch, whatever lists they are on since', async () => {
    const { scope, campaignId, bakers, millers, contactIds } = await twoLists();
    const expected = [
      { list: { id: bakers, name: 'Bakers' }, ...none, planned: 4, sent: 4, bounced: 1, opened: 1 },
      { list: { id: millers, name: 'Millers' }, ...none, planned: 4, sent: 3, opened: 1 },
    ];
    expect(await campaignListReports(scope, campaignId)).toEqual(expected);
    await foldCounts(scope);
    await inScope(scope, (tx) =>
      tx.execute(sql`delete from list_contacts where contact_id = ${contactIds[3]}`),
    );
    expect(await campaignListReports(scope, campaignId)).toEqual(expected);
    expect(await mendCounts(scope, campaignId)).toBe(0);
  });

  it('opens the people behind a number', async () => {
    const { scope, campaignId, bakers, millers, contactIds } = await twoLists();
    const who = async (filter: Parameters<typeof listDeliveries>[2]) =>
      (await listDeliveries(scope, campaignId, filter)).rows.map(({ contactId }) => contactId);
    expect(new Set(await who({ list: bakers }))).toEqual(new Set(contactIds));
    expect(await who({ list: millers, state: 'sent' })).toHaveLength(3);
    expect(await who({ list: millers, event: 'opened' })).toEqual([contactIds[3]]);
    expect(await who({ list: millers, event: 'bounced' })).toEqual([]);
    const { listId } = await testList(scope, 1);
    expect(await who({ list: listId })).toEqual([]);
  });

  it('shows to somebody who sees one list its numbers and no others', async () => {
    const { scope, campaignId, bakers, millers } = await twoLists();
    const by = { kind: 'member', id: newId(UserId), role: 'marketer' } as const;
    const baker = mintScope(scope.workspaceId, by, new Map([[bakers, 'view']]));
    expect(await campaignListReports(baker, campaignId)).toEqual([]);
    // With the other list gone, the campaign is theirs to see.
    await inScope(scope, (tx) => tx.execute(sql`delete from campaign_lists where list_id = ${millers}`));
    expect(await campaignListReports(baker, campaignId)).toMatchObject([
      { list: { id: bakers }, planned: 4 },
    ]);
    expect((await listDeliveries(baker, campaignId, { list: millers })).rows).toEqual([]);
  });

  it('opens those of all further lists as one, for whoever sees all lists', async () => {
    const { scope, campaignId, bakers, contactIds } = await twoLists();
    await inScope(scope, (tx) =>
      tx.execute(sql`
        update deliveries set lists = lists | 1::bigint << ${mostLists}
        where contact_id = any(${sql.param(contactIds.slice(2))}::uuid[])`),
    );
    const others = (await campaignListReports(scope, campaignId)).find(({ list }) => list === null);
    expect(others).toMatchObject({ planned: 2, sent: 2, opened: 1, bounced: 0 });
    const who = async (filter: Parameters<typeof listDeliveries>[2], by = scope) =>
      (await listDeliveries(by, campaignId, filter)).rows.map(({ contactId }) => contactId);
    expect(new Set(await who({ otherLists: true }))).toEqual(new Set(contactIds.slice(2)));
    expect(await who({ otherLists: true, event: 'opened' })).toEqual([contactIds[3]]);
    expect(await who({ otherLists: true, event: 'bounced' })).toEqual([]);
    const by = { kind: 'member', id: newId(UserId), role: 'marketer' } as const;
    const baker = mintScope(scope.workspaceId, by, new Map([[bakers, 'view']]));
    await inScope(scope, (tx) => tx.execute(sql`delete from campaign_lists where list_id <> ${bakers}`));
    expect(await who({}, baker)).not.toEqual([]);
    expect(await who({ otherLists: true }, baker)).toEqual([]);
  });

  it('has nothing to say of a campaign to one list', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 2);
    const campaignId = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, campaignId);
    expect(await campaignListReports(scope, campaignId)).toEqual([]);
  });
});
