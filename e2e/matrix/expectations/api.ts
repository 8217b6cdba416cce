import type { Row, Rows } from '../rules';
import { csv, draft, onCampaign, onList, open, own, wholePerson } from './rows';

const nothing = open({ at: () => '/api/v1/nothing/here', answer: 'not_found' });
const plain = { input: undefined };
const content = { format: 'markdown', body: 'Fresh bread.' };
const newCampaign = { name: 'New', channel: 'email', content, listIds: [] as string[] };
const writes = (more: Partial<Row>): Row => ({ may: 'campaigns:write', changes: true, ...more });

export const api: Rows = {
  'GET /api/v1/[[...path]]': nothing,
  'POST /api/v1/[[...path]]': nothing,
  'PUT /api/v1/[[...path]]': nothing,
  'PATCH /api/v1/[[...path]]': nothing,
  'DELETE /api/v1/[[...path]]': nothing,
  'GET /api/v1/openapi.json': open(),
  'page /docs/api': open(),

  'GET /api/v1/lists': { may: 'contacts:read' },
  'POST /api/v1/lists': { may: 'contacts:write', changes: true, input: () => ({ name: 'New' }) },
  'POST /api/v1/lists/[id]/contacts': [
    onList((_id, world, place) => ({
      contactIds: [world.the('contact', place === 'foreign' ? 'foreign' : 'own', 'archived')],
    })),
    onList((id) => ({ contactIds: [id] }), {
      ...{ on: 'contact', state: 'archived', needs: 'edit', hidden: 'nothing', malformed: 'invalid' },
      besides: { of: 'list', needs: 'edit', looked: 'before' },
    }),
  ],

  'GET /api/v1/contacts': [
    { may: 'contacts:read' },
    {
      ...{ may: 'contacts:read', on: 'list', malformed: 'invalid' },
      at: (id) => `/api/v1/contacts?listId=${id}`,
    },
  ],
  'POST /api/v1/contacts': [
    onList((id) => ({ email: 'new@example.org', listIds: [id] }), { malformed: 'invalid' }),
    {
      ...{ may: 'contacts:write', marketer: 'invalid', changes: true },
      input: () => ({ email: 'new@example.org' }),
    },
  ],
  'GET /api/v1/contacts/[id]': { may: 'contacts:read', on: 'contact' },
  'PATCH /api/v1/contacts/[id]': onList(() => ({ firstName: 'Renamed' }), { on: 'contact' }),
  'DELETE /api/v1/contacts/[id]': onList(() => undefined, { on: 'contact', ...plain, answer: wholePerson }),

  'POST /api/v1/imports': [
    {
      ...{ may: 'contacts:write', on: 'list', needs: 'edit', malformed: 'invalid', changes: true, raw: csv },
      at: (id) => `/api/v1/imports?listId=${id}`,
    },
    { may: 'contacts:write', marketer: 'invalid', changes: true, raw: csv },
  ],
  'GET /api/v1/imports/[id]': { may: 'contacts:read', on: 'import' },
  'GET /api/v1/imports/[id]/errors': { may: 'contacts:read', on: 'import' },

  'GET /api/v1/campaigns': { may: 'campaigns:read' },
  'POST /api/v1/campaigns': [
    writes({ input: () => newCampaign }),
    writes({
      ...{ on: 'list', needs: 'send', hidden: 'invalid', malformed: 'invalid' },
      input: (id) => ({ ...newCampaign, listIds: [id] }),
    }),
    writes({
      ...{ on: 'sender', hidden: 'invalid', malformed: 'invalid' },
      input: (senderId) => ({ ...newCampaign, senderId }),
    }),
  ],
  'GET /api/v1/campaigns/[id]': { may: 'campaigns:read', ...draft },
  'PATCH /api/v1/campaigns/[id]': [
    onCampaign('draft', { may: 'campaigns:write', input: () => ({ name: 'New name' }) }),
    onCampaign('sending', { may: 'campaigns:write', input: () => ({ throttle: { perHour: 77 } }) }),
    writes({
      ...{ on: 'list', needs: 'send', hidden: 'invalid', malformed: 'invalid' },
      besides: { of: 'campaign', needs: 'send', looked: 'before' },
      input: (id) => ({ listIds: [id] }),
    }),
  ],
  'DELETE /api/v1/campaigns/[id]': onCampaign('draft', { may: 'campaigns:write', ...plain }),
  'POST /api/v1/campaigns/[id]/send': [
    onCampaign('draft', { input: () => ({ sendAt: 'immediate' }) }),
    onCampaign('draft', { input: () => ({ sendAt: `${new Date().getFullYear() + 1}-05-05T09:00:00Z` }) }),
  ],
  'POST /api/v1/campaigns/[id]/test': [
    onCampaign('draft', { input: () => ({ to: ['ann@example.org'] }) }),
    onCampaign('draft', {
      ...{ on: 'contact', needs: 'view', malformed: 'invalid' },
      besides: { of: 'campaign', needs: 'send', looked: 'before' },
      at: (_id, world) => `/api/v1/campaigns/${own(world, 'campaign', 'draft')}/test`,
      input: (contactId) => ({ to: ['ann@example.org'], contactId }),
    }),
  ],
  'POST /api/v1/campaigns/[id]/pause': onCampaign('sending', plain),
  'POST /api/v1/campaigns/[id]/resume': onCampaign('paused', plain),
  'POST /api/v1/campaigns/[id]/cancel': onCampaign('paused', plain),
  'GET /api/v1/campaigns/[id]/stats': { may: 'campaigns:read', on: 'campaign', state: 'completed' },
  'GET /api/v1/campaigns/[id]/deliveries': { may: 'campaigns:read', on: 'campaign', state: 'completed' },

  'GET /api/v1/suppressions': { may: 'settings:read' },
  'POST /api/v1/suppressions': {
    ...{ may: 'settings:write', changes: true },
    input: () => ({ channel: 'email', address: 'stop@example.org', reason: 'manual' }),
  },
  'DELETE /api/v1/suppressions/[id]': { may: 'settings:write', on: 'suppression', changes: true },
};
