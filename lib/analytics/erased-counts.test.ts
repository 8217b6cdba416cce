import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { eraseContact } from '../contacts/erase-contact';
import { inScope } from '../db/scoped';
import { ContactId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { campaignDomains } from './campaign-domains';
import { foldCounts } from './fold-counts';
import { mendCounts } from './recount-deliveries';

it.each([
  ['before', true],
  ['after', false],
])(
  'nothing of the domain of somebody who was erased is left, counted up %s it',
  async (_name, isCountedBefore) => {
    const { scope, senderId } = await testWorkspace();
    const emails = ['ann@ann-miller.example', 'bob@example.com', 'eve@example.com'];
    const { listId } = await testList(
      scope,
      emails.map((email) => ({ email, emailSubscribed: true })),
    );
    const campaignId = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, campaignId);
    if (isCountedBefore) await foldCounts(scope);
    const people = await inScope(scope, (tx) =>
      tx.execute<{ id: string }>(
        sql`select id from contacts where workspace_id = ${scope.workspaceId} and email <> 'eve@example.com'`,
      ),
    );
    for (const { id } of people)
      expect(await eraseContact(scope, ContactId.parse(id))).toMatchObject({ ok: true });
    expect(await campaignDomains(scope, campaignId)).toMatchObject([{ domain: 'example.com', planned: 1 }]);
    expect(await mendCounts(scope, campaignId)).toBe(0);
    await foldCounts(scope);
    const kept = await inScope(scope, (tx) =>
      tx.execute<{ domain: string }>(
        sql`select domain from delivery_domains where workspace_id = ${scope.workspaceId} order by domain`,
      ),
    );
    expect(kept.map(({ domain }) => domain)).toEqual(['example.com']);
  },
);
