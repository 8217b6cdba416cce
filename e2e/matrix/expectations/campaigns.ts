import type { Rows } from '../rules';
import { draft, limits, nextYear, onCampaign, onDelivery, own, png, source } from './rows';

export const campaigns: Rows = {
  'page /': { may: 'campaigns:read' },
  'page /campaigns': { may: 'campaigns:read' },
  'page /campaigns/compare': {
    ...{
      may: 'campaigns:read',
      on: 'campaign',
      state: 'completed',
      besides: { of: 'campaign', looked: 'before' },
    },
    at: (id, world) => `/campaigns/compare?ids=${own(world, 'campaign', 'paused')},${id}`,
  },
  'page /campaigns/sent': {
    may: 'campaigns:read',
    at: () => '/campaigns/sent?event=opened',
  },
  'GET /campaigns/sent.csv': {
    may: 'campaigns:read',
    at: () => '/campaigns/sent.csv?from=2026-01-01&until=2026-01-31',
  },
  'page /campaigns/new': { may: 'campaigns:write' },
  'page /campaigns/[id]': { may: 'campaigns:read', on: 'campaign', state: 'completed' },
  'page /campaigns/[id]/edit': { may: 'campaigns:write', ...draft, needs: 'send', lacking: 'redirect' },
  'page /campaigns/[id]/recipients': { may: 'campaigns:read', on: 'campaign', state: 'completed' },
  'GET /campaigns/[id]/recipients.csv': { may: 'campaigns:read', on: 'campaign', state: 'completed' },
  'page /campaigns/[id]/review': { may: 'campaigns:send', ...draft, needs: 'send', lacking: 'redirect' },
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
  'POST /campaigns/[id]/edit/text': [
    { may: 'campaigns:write', ...draft, input: () => ({ body: 'Hello', listIds: [], contactId: null }) },
    {
      ...{
        may: 'campaigns:write',
        on: 'contact',
        malformed: 'invalid',
        besides: { of: 'campaign', looked: 'before' },
      },
      at: (_id, world) => `/campaigns/${own(world, 'campaign', 'draft')}/edit/text`,
      input: (id) => ({ body: 'Hello', listIds: [], contactId: id }),
    },
    {
      ...{ may: 'campaigns:write', on: 'list', hidden: 'ok', malformed: 'invalid' },
      besides: { of: 'campaign', looked: 'before' },
      at: (_id, world) => `/campaigns/${own(world, 'campaign', 'draft')}/edit/text`,
      input: (id) => ({ body: 'Hello', listIds: [id], contactId: null }),
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
  'action findCampaignsAction': { may: 'campaigns:read', input: () => ({ search: 'in-' }) },
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
};
