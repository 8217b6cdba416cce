import type { Noun, Row } from './rules';
import type { World } from './world';

/*
 * Every endpoint, and what is expected of it. One that takes ids in several places has a row for each. The test fails on
 * an endpoint that has none, and on a row whose endpoint is gone.
 */

const draft = { on: 'campaign', state: 'draft' } as const;
const nextYear = { date: `${new Date().getFullYear() + 1}-05-05`, time: '09:00', zone: 'UTC', which: null };
const noLimits = { perSecond: null, perMinute: null, perHour: null, perDay: null };
const limits = { ...noLimits, perHour: 77 };
const contact = {
  ...{ email: 'new@example.org', phone: '', firstName: 'New', lastName: '', timeZone: '' },
  ...{ emailSubscribed: true, attributes: [] },
};
const source = { subject: 'Hi', preheader: '', content: { format: 'markdown', body: 'Hi' } };
const profile = { name: 'New name', postalAddress: '2 Mill Lane', country: 'DE', timeZone: 'UTC' };
const details = {
  ...{ name: 'Renamed', fromName: 'Rose', fromEmail: 'rose@example.com', replyTo: '' },
  ...noLimits,
};
const csv = 'email\nnew@example.org\n';
const png = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  ),
);
const columns = ['email', 'first_name'];
const choices = { encoding: 'utf-8', delimiter: ',', header: true, columns };

const byId = (id: string) => ({ id });
const own = (world: World, noun: Noun, state?: string) => world.the(noun, 'own', state);

/** Whatever happens to a campaign asks for the right to send to all of its lists. */
const onCampaign = (state: NonNullable<Row['state']>, more: Partial<Row> = {}): Row => ({
  ...{ may: 'campaigns:send', on: 'campaign', state, needs: 'send', changes: true, input: byId },
  ...more,
});
/** A message that is none of the campaign which is asked about might as well not be. */
const onDelivery = onCampaign('completed', {
  ...{ on: 'delivery', needs: 'view', hidden: 'conflict' },
  answer: (place) => (place === 'own' ? 'ok' : 'conflict'),
  besides: { of: 'campaign', needs: 'send', looked: 'before' },
  input: (id, world) => ({ id: own(world, 'campaign', 'completed'), which: [id] }),
});
const onList = (input: NonNullable<Row['input']>, more: Partial<Row> = {}): Row => ({
  ...{ may: 'contacts:write', on: 'list', needs: 'edit', changes: true, input },
  ...more,
});
const onSender = (more: Partial<Row> = {}): Row => ({
  ...{ may: 'settings:write', on: 'sender', changes: true, input: byId },
  ...more,
});
const open = (more: Partial<Row> = {}): Row => ({ may: 'anyone', ...more });

export const expectations: Record<string, Row | Row[]> = {
  // ------------------------------------------------------------------ campaigns
  'page /': { may: 'campaigns:read' },
  'page /campaigns': { may: 'campaigns:read' },
  'page /campaigns/new': { may: 'campaigns:write' },
  'page /campaigns/[id]': { may: 'campaigns:read', on: 'campaign', state: 'completed' },
  'page /campaigns/[id]/edit': { may: 'campaigns:write', ...draft },
  'page /campaigns/[id]/recipients': { may: 'campaigns:read', on: 'campaign', state: 'completed' },
  'page /campaigns/[id]/review': { may: 'campaigns:send', ...draft },
  'GET /campaigns/[id]/events': { may: 'campaigns:read', on: 'campaign', state: 'paused' },
  'GET /campaigns/[id]/edit/draft': { may: 'campaigns:read', ...draft },
  'POST /campaigns/[id]/edit/draft': [
    {
      ...{ may: 'campaigns:write', ...draft, needs: 'send', changes: true },
      input: () => ({ revision: 1, changes: { name: 'New name' } }),
    },
    {
      ...{
        may: 'campaigns:write',
        on: 'list',
        needs: 'send',
        hidden: 'invalid',
        malformed: 'invalid',
        changes: true,
      },
      besides: { of: 'campaign', needs: 'send', looked: 'before' },
      at: (_id, world) => `/campaigns/${own(world, 'campaign', 'draft')}/edit/draft`,
      input: (id) => ({ revision: 1, changes: { listIds: [id] } }),
    },
    {
      ...{ may: 'campaigns:write', on: 'sender', hidden: 'invalid', malformed: 'invalid', changes: true },
      besides: { of: 'campaign', needs: 'send', looked: 'before' },
      at: (_id, world) => `/campaigns/${own(world, 'campaign', 'draft')}/edit/draft`,
      input: (id) => ({ revision: 1, changes: { senderId: id } }),
    },
  ],
  'POST /campaigns/[id]/edit/preview': [
    { may: 'campaigns:read', ...draft, input: () => ({ ...source, listIds: [], contactId: null }) },
    {
      ...{
        may: 'campaigns:read',
        on: 'contact',
        malformed: 'invalid',
        besides: { of: 'campaign', looked: 'before' },
      },
      at: (_id, world) => `/campaigns/${own(world, 'campaign', 'draft')}/edit/preview`,
      input: (id) => ({ ...source, listIds: [], contactId: id }),
    },
    {
      ...{ may: 'campaigns:read', on: 'list', hidden: 'ok', malformed: 'invalid' },
      besides: { of: 'campaign', looked: 'before' },
      at: (_id, world) => `/campaigns/${own(world, 'campaign', 'draft')}/edit/preview`,
      input: (id) => ({ ...source, listIds: [id], contactId: null }),
    },
  ],
  'GET /campaigns/[id]/edit/recipients': [
    { may: 'contacts:read', ...draft },
    {
      ...{ may: 'contacts:read', on: 'list', hidden: 'ok', malformed: 'ok' },
      besides: { of: 'campaign', looked: 'before' },
      at: (id, world) => `/campaigns/${own(world, 'campaign', 'draft')}/edit/recipients?list=${id}`,
    },
  ],
  'action createCampaignAction': { may: 'campaigns:write', changes: true, input: () => ({ name: 'New' }) },
  'action duplicateCampaignAction': onCampaign('draft', { may: 'campaigns:write', needs: 'view' }),
  'action deleteDraftAction': onCampaign('draft', { may: 'campaigns:write' }),
  'action pauseCampaignAction': onCampaign('sending'),
  'action resumeCampaignAction': onCampaign('paused'),
  'action cancelCampaignAction': onCampaign('paused'),
  'action sendCampaignAction': onCampaign('draft'),
  'action scheduleCampaignAction': onCampaign('draft', { input: (id) => ({ id, ...nextYear }) }),
  'action unscheduleCampaignAction': onCampaign('scheduled'),
  'action limitCampaignAction': onCampaign('draft', { input: (id) => ({ id, limits }) }),
  'action retryFailedAction': onCampaign('completed'),
  'action resendUnconfirmedAction': [
    onCampaign('completed', { input: (id) => ({ id, which: 'waiting' }) }),
    onDelivery,
  ],
  'action acceptUnconfirmedAction': [
    onCampaign('completed', { input: (id) => ({ id, which: 'waiting' }) }),
    onDelivery,
  ],
  'action sendTestAction': [
    onCampaign('draft', { input: (id) => ({ id, to: ['ann@example.org'], contactId: null }) }),
    onCampaign('draft', {
      ...{ on: 'contact', needs: 'view', besides: { of: 'campaign', needs: 'send', looked: 'before' } },
      input: (id, world) => ({
        ...{ id: own(world, 'campaign', 'draft'), to: ['ann@example.org'], contactId: id },
      }),
    }),
  ],
  'POST /images': { may: 'campaigns:write', raw: png },

  // ------------------------------------------------------------------ contacts and lists
  'page /contacts': [
    { may: 'contacts:read' },
    { may: 'contacts:read', on: 'list', hidden: 'ok', malformed: 'ok', at: (id) => `/contacts?list=${id}` },
    { may: 'contacts:read', at: () => '/contacts?search=in-' },
  ],
  'page /contacts/[id]': { may: 'contacts:read', on: 'contact' },
  'page /lists': [{ may: 'contacts:read' }, { may: 'contacts:read', at: () => '/lists?show=archived' }],
  'page /lists/[id]': { may: 'contacts:read', on: 'list' },
  'action createContactAction': [
    onList((id) => ({ ...contact, listIds: [id] })),
    {
      ...{ may: 'contacts:write', marketer: 'invalid', changes: true },
      input: () => ({ ...contact, listIds: [] }),
    },
  ],
  'action editContactAction': onList((id) => ({ ...contact, emailSubscribed: undefined, id }), {
    on: 'contact',
  }),
  'action setConsentAction': onList((id) => ({ id, emailSubscribed: false }), { on: 'contact' }),
  'action pickContactsAction': { may: 'contacts:read', input: () => ({ search: '' }) },
  'action createListAction': { may: 'contacts:write', changes: true, input: () => ({ name: 'New' }) },
  'action renameListAction': onList((id) => ({ id, name: 'Renamed' })),
  'action archiveListAction': onList(byId),
  'action restoreListAction': onList((id) => ({ id }), { state: 'archived' }),
  'action addToListAction': [
    onList((id, world, place) => ({
      ...{ id, contactIds: [world.the('contact', place === 'foreign' ? 'foreign' : 'own', 'archived')] },
    })),
    onList((id, world) => ({ id: own(world, 'list'), contactIds: [id] }), {
      ...{ on: 'contact', state: 'archived', needs: 'view', hidden: 'nothing' },
      besides: { of: 'list', needs: 'edit', looked: 'before' },
    }),
  ],
  'action removeFromListAction': [
    onList((id, world, place) => ({
      id,
      contactIds: [world.the('contact', place === 'foreign' || place === 'ungranted' ? place : 'own')],
    })),
    onList((id, world) => ({ id: own(world, 'list'), contactIds: [id] }), {
      ...{ on: 'contact', needs: 'view', hidden: 'nothing' },
      besides: { of: 'list', needs: 'edit', looked: 'before' },
      changes: (place) => place !== 'ungranted', // who is not on the list
    }),
  ],
  'action pasteToListAction': onList((id) => ({ id, text: 'new@example.org' })),

  // ------------------------------------------------------------------ imports
  'page /contacts/import': { may: 'contacts:write' },
  'page /contacts/imports/[id]': { may: 'contacts:read', on: 'import' },
  'GET /contacts/imports/[id]/events': { may: 'contacts:read', on: 'import' },
  'GET /contacts/imports/[id]/rejected.csv': { may: 'contacts:read', on: 'import' },
  'POST /contacts/import/upload': { may: 'contacts:write', changes: true, raw: csv },
  'action previewImportAction': {
    ...{ may: 'contacts:write', on: 'import', input: (id) => ({ id, encoding: 'utf-8' }) },
  },
  'action startImportAction': [
    {
      ...{ may: 'contacts:write', on: 'import', besides: { of: 'list', needs: 'edit' }, changes: true },
      input: (id, world) => ({ id, ...choices, list: { id: own(world, 'list') } }),
    },
    onList((id, world, _place, who) => ({ ...choices, id: world.id('import', 'own', who), list: { id } }), {
      besides: { of: 'import', looked: 'before' },
    }),
    {
      ...{ may: 'contacts:write', on: 'import', marketer: 'invalid', changes: true },
      input: (id) => ({ id, ...choices, list: null }),
    },
  ],
  'action cancelImportAction': { may: 'contacts:write', on: 'import', changes: true, input: byId },

  // ------------------------------------------------------------------ sandbox and settings
  'page /sandbox': { may: 'campaigns:read' },
  'page /sandbox/[id]': { may: 'campaigns:read', on: 'sandbox message' },
  'action clearInboxAction': { may: 'settings:write', changes: true },
  'action loadSampleDataAction': { may: 'settings:write', changes: true },
  'action removeSampleDataAction': { may: 'settings:write' },
  'page /settings': { may: 'settings:read' },
  'action changeProfileAction': { may: 'settings:write', changes: true, input: () => profile },
  'action changeSendingRulesAction': {
    ...{ may: 'settings:write', changes: true },
    input: () => ({ unconfirmedPolicy: 'send_again', scheduleGraceMinutes: 5 }),
  },
  'page /settings/senders': { may: 'settings:read' },
  'page /settings/senders/new': { may: 'settings:write' },
  'page /settings/senders/[id]': { may: 'settings:write', on: 'sender' },
  'action saveSenderAction': [
    onSender({ input: (id) => ({ id, provider: 'sandbox', details, settings: {} }) }),
    onSender({ on: undefined, input: () => ({ provider: 'sandbox', details, settings: {} }) }),
  ],
  'action checkSenderAction': onSender({
    ...{ changes: false, input: (id) => ({ id, provider: 'sandbox', settings: {} }) },
  }),
  'action setDefaultSenderAction': onSender(),
  'action deleteSenderAction': onSender(),

  // ------------------------------------------------------------------ open to the world
  'page /sign-in': open({ answer: 'any' }),
  'page /setup': open({ answer: 'unauthenticated' }),
  'action signInAction': open({
    answer: 'unauthenticated',
    input: (_id, _world, _place, who) => ({ email: `${who.name}@example.com`, password: 'wrong' }),
  }),
  'action setUpAction': open({
    answer: 'conflict',
    input: () => ({ name: 'Eve', email: 'eve@example.com', password: 'a long password', workspace: profile }),
  }),
  'action signOutAction': open({ changes: (_place, who) => who.by === 'session' }),
  'GET /api/auth/[...nextauth]': open({ at: () => '/api/auth/csrf' }),
  'POST /api/auth/[...nextauth]': open({ at: () => '/api/auth/session', answer: 'any' }),
  'GET /api/health': open({ answer: 'any' }), // no worker runs here
  'GET /icon.svg': open(),
  'GET /i/[workspaceId]/[file]': open({ answer: 'not_found', at: (_id, { here }) => `/i/${here}/none.png` }),
  'GET /u/[token]': [
    open({ at: () => `/u/${'x'.repeat(64)}`, answer: 'not_found' }),
    open({ at: (_id, world) => `/u/${world.unsubscribeToken()}` }),
  ],
  'POST /u/[token]': [
    open({ at: () => `/u/${'x'.repeat(64)}`, answer: 'not_found' }),
    open({ at: (_id, world) => `/u/${world.unsubscribeToken()}`, changes: true }),
  ],
};
