import type { Rows } from '../rules';
import { details, onSender, profile } from './rows';

export const settings: Rows = {
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
};
