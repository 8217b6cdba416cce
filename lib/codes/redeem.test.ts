import { and, eq, inArray, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { campaignStats } from '../campaigns/stats';
import { eraseContact } from '../contacts/erase-contact';
import { deliveries } from '../db/schema/deliveries';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { listDeliveries } from '../deliveries/deliveries';
import { CampaignId, type ContactCode, type ContactId, type ListId, newId, type SenderId } from '../ids';
import { setListAccess } from '../members/list-access';
import { newMember, scopeOf } from '../members/testing';
import { testWorkspace } from '../workspaces/testing';
import { newCode } from './code';
import { campaignRef } from './code-links';
import { readCodePage } from './code-page';
import { redeemOffer, undoRedemption, undoSeconds } from './redeem';
import { readScannedCode, scanCode } from './scan';
import { deliveryTo, sentCampaign, testCodeOwner } from './testing';

let scope: Scope;
let senderId: SenderId;
let listId: ListId;
let contactId: ContactId;
let code: ContactCode;
let campaignId: CampaignId;

beforeEach(async () => {
  ({ scope, senderId } = await testWorkspace('Rosewood'));
  ({ listId, contactId, code } = await testCodeOwner(scope));
  campaignId = await sentCampaign(scope, senderId, listId, { name: 'May' });
});

const which = () => ({ contactId, campaignId });
const said = (result: { ok: true } | { ok: false; problem: { code: string } }) =>
  result.ok ? 'ok' : result.problem.code;
const owner = () => ({ workspaceId: scope.workspaceId, contactId });

/** Somebody of the staff, with a right to the list. */
async function staff(access: 'view' | 'edit' | 'send', role: 'marketer' | 'viewer' = 'marketer') {
  const person = await newMember(scope, role, 'Sam');
  if (role === 'marketer') await setListAccess(scope, { userId: person.id, listId, access });
  return scopeOf(scope, person);
}

const audited = () =>
  inScope(scope, (tx) =>
    tx
      .select({ action: auditLog.action, target: auditLog.targetId, detail: auditLog.detail })
      .from(auditLog)
      .where(
        and(
          eq(auditLog.workspaceId, scope.workspaceId),
          inArray(auditLog.action, ['contact.offer_redeemed', 'contact.redemption_undone']),
        ),
      )
      .orderBy(auditLog.id),
  );

test('an offer is redeemed once, and the log says so', async () => {
  expect(await redeemOffer(scope, which())).toMatchObject({
    ok: true,
    value: { redeemedAt: expect.any(Date) },
  });
  expect(said(await redeemOffer(scope, which()))).toBe('conflict');
  expect(await audited()).toEqual([
    { action: 'contact.offer_redeemed', target: contactId, detail: { campaignId } },
  ]);
  expect((await deliveryTo(scope, campaignId, contactId)).redeemedAt).not.toBeNull();
});

test('of many at the same moment one has it', async () => {
  const sam = await staff('edit');
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => redeemOffer(n % 2 ? sam : scope, which())),
  );
  expect(answers.map(said).sort()).toEqual([...Array.from({ length: 11 }, () => 'conflict'), 'ok']);
  expect(await audited()).toHaveLength(1);
});

test('the database itself keeps a second redemption out', async () => {
  await redeemOffer(scope, which());
  const second = inScope(scope, (tx) =>
    tx.execute(sql`insert into deliveries (workspace_id, id, campaign_id, contact_id, channel, address, redeemed_at)
      values (${scope.workspaceId}, uuid_v7(), ${campaignId}, ${contactId}, 'email', 'b@example.com', now())`),
  );
  await expect(second).rejects.toMatchObject({ cause: { constraint_name: 'deliveries_redeemed' } });
});

test('whoever redeemed may take it back for a minute, and nobody else', async () => {
  const [sam, mia] = [await staff('edit'), await staff('send')];
  await redeemOffer(sam, which());
  expect(said(await undoRedemption(mia, which()))).toBe('conflict');
  expect(said(await undoRedemption(scope, which()))).toBe('conflict');
  expect(said(await undoRedemption(sam, which()))).toBe('ok');
  expect(said(await undoRedemption(sam, which()))).toBe('conflict');
  expect(await audited()).toMatchObject([
    { action: 'contact.offer_redeemed' },
    { action: 'contact.redemption_undone', target: contactId },
  ]);
  expect(said(await redeemOffer(mia, which()))).toBe('ok');
  expect(said(await undoRedemption(sam, which()))).toBe('conflict');
  await inScope(scope, (tx) =>
    tx
      .update(deliveries)
      .set({ redeemedAt: sql`now() - make_interval(secs => ${undoSeconds + 1})` })
      .where(eq(deliveries.campaignId, campaignId)),
  );
  expect(said(await undoRedemption(mia, which()))).toBe('conflict');
});

test('it takes the right to change a list of the contact’s; to look takes less', async () => {
  for (const [scopeOfStaff, redeems] of [
    [await staff('view'), 'forbidden'],
    [await staff('edit'), 'ok'],
  ] as const) {
    expect(await readScannedCode(scopeOfStaff, code)).toMatchObject({
      ok: true,
      value: { contactId, onOwnList: redeems === 'ok', offers: [{ campaignId }] },
    });
    expect(said(await redeemOffer(scopeOfStaff, which()))).toBe(redeems);
  }
  const elsewhere = await scopeOf(scope, await newMember(scope, 'marketer'));
  const { scope: stranger } = await testWorkspace('Theirs');
  for (const other of [elsewhere, stranger]) {
    expect(said(await readScannedCode(other, code))).toBe('not_found');
    expect(said(await scanCode(other, code))).toBe('not_found');
    expect(said(await redeemOffer(other, which()))).toBe('not_found');
    expect(said(await undoRedemption(other, which()))).toBe('not_found');
  }
});

test('nothing is redeemed of a campaign that did not write to the contact, offers nothing, or is over', async () => {
  const other = await testCodeOwner(scope);
  const toOthers = await sentCampaign(scope, senderId, other.listId);
  const nothing = await sentCampaign(scope, senderId, listId, { offerText: '' });
  const over = await sentCampaign(scope, senderId, listId, { offerUntil: '2020-01-31' });
  const today = await sentCampaign(scope, senderId, listId, {
    offerUntil: new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin' }).format(new Date()),
  });
  for (const [id, answer] of [
    [toOthers, 'not_found'],
    [nothing, 'not_found'],
    [newId(CampaignId), 'not_found'],
    [over, 'conflict'],
    [today, 'ok'],
  ] as const)
    expect(said(await redeemOffer(scope, { contactId, campaignId: id }))).toBe(answer);
});

test('the page of a code shows the latest offer, or the one that it is asked for', async () => {
  const show = (ref?: string) => readCodePage(owner(), { ref, opened: false });
  const latest = await sentCampaign(scope, senderId, listId, {
    offerText: 'Two buns.',
    offerUntil: '2031-05-31',
  });
  const two = { text: 'Two buns.', until: '2031-05-31', ended: false, redeemed: false };
  const one = { text: 'A bun with every loaf.', until: null, ended: false, redeemed: false };
  expect(await show()).toEqual({ workspaceName: 'Rosewood', firstName: 'Zoë', offer: two });
  expect(await show(campaignRef(campaignId))).toMatchObject({ offer: one });
  expect(await show(campaignRef(latest))).toMatchObject({ offer: two });
  // Of a campaign that did not write to them it says nothing, not even that there is one.
  const other = await testCodeOwner(scope);
  const toOthers = await sentCampaign(scope, senderId, other.listId, { offerText: 'Not yours.' });
  expect(await show(campaignRef(toOthers))).toMatchObject({ offer: two });
  expect(await show('00000000')).toMatchObject({ offer: two });
  await redeemOffer(scope, { contactId, campaignId: latest });
  expect(await show()).toMatchObject({ offer: { ...two, redeemed: true } });
});

test('a code without an offer has a page, and so has nobody’s', async () => {
  const other = await testCodeOwner(scope);
  const page = await readCodePage({ ...owner(), contactId: other.contactId }, { opened: true });
  expect(page).toEqual({ workspaceName: 'Rosewood', firstName: 'Zoë', offer: null });
  await eraseContact(scope, contactId);
  expect(await readCodePage(owner(), { opened: true })).toBeUndefined();
});

test('the campaign counts who opened the page, was scanned and redeemed, each once, and names them', async () => {
  const numbers = async () => {
    const stats = await campaignStats(scope, campaignId);
    if (!stats.ok) throw new Error(stats.problem.message);
    const { hasOffer, codeOpened, codeScanned, redeemed } = stats.value;
    return { hasOffer, codeOpened, codeScanned, redeemed };
  };
  await readCodePage(owner(), { opened: false });
  expect(await numbers()).toEqual({ hasOffer: true, codeOpened: 0, codeScanned: 0, redeemed: 0 });
  for (let n = 0; n < 2; n++) {
    await readCodePage(owner(), { opened: true });
    await scanCode(scope, code);
    await redeemOffer(scope, which());
  }
  expect(await numbers()).toEqual({ hasOffer: true, codeOpened: 1, codeScanned: 1, redeemed: 1 });
  for (const event of ['codeOpened', 'codeScanned', 'redeemed'] as const)
    expect((await listDeliveries(scope, campaignId, { event })).rows).toMatchObject([{ contactId }]);
  // Whoever is erased takes their name along, and the numbers stay.
  await eraseContact(scope, contactId);
  expect(await numbers()).toEqual({ hasOffer: true, codeOpened: 1, codeScanned: 1, redeemed: 1 });
});

test('a code that nobody has is told to staff', async () => {
  expect(await scanCode(scope, newCode())).toMatchObject({
    ok: false,
    problem: { code: 'not_found', fields: { code: expect.any(String) } },
  });
});
