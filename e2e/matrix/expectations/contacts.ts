import type { Rows } from '../rules';
import { byId, choices, contact, csv, onList, own, redemption, wholePerson } from './rows';

export const contacts: Rows = {
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
    answer: wholePerson, // it gives them another address
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
      ...{ on: 'contact', state: 'archived', needs: 'edit', hidden: 'nothing' },
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

  'page /codes': { may: 'contacts:read' },
  'page /codes/[code]': {
    ...{ may: 'contacts:read', on: 'contact', at: (id, world) => `/codes/${world.codeOf(id)}` },
  },
  'action findCodeAction': {
    ...{ may: 'contacts:read', on: 'contact', input: (id, world) => ({ code: world.codeOf(id) }) },
  },
  'action redeemOfferAction': redemption('ok'),
  'action undoRedemptionAction': redemption('conflict'), // of what nobody has redeemed

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
};
