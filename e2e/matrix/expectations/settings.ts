import type { Row, Rows } from '../rules';
import type { World } from '../world';
import { byId, details, onSender, own, profile } from './rows';

/** The one that has a password. */
const smtp = (world: World) => own(world, 'sender', 'smtp');
const ofTheSmtp: Partial<Row> = { answer: (_place, who) => (who.at === 'there' ? 'not_found' : 'ok') };

const ofMailbox: Row = { may: 'settings:write', ...ofTheSmtp };
/** The sandbox returns nothing by mail: said after the sender was found. */
const ofAnySender = (more: Partial<Row>): Row => onSender({ changes: false, answer: 'invalid', ...more });
const mailbox = {
  ...{ protocol: 'imap', host: '127.0.0.1', port: 9, security: 'none', user: 'rose' },
  password: 'the-password-of-a-mailbox',
};

const webhook = { url: 'https://new.example.com/hook', events: ['contact.created'] };
const onWebhook = (more: Partial<Row> = {}): Row => ({
  ...{ may: 'settings:write', on: 'webhook', changes: true, input: byId },
  ...more,
});

export const settings: Rows = {
  'page /sandbox': { may: 'campaigns:read' },
  'page /sandbox/[id]': { may: 'campaigns:read', on: 'sandbox message' },
  'action clearInboxAction': { may: 'settings:write', changes: true },
  'action loadSampleDataAction': { may: 'settings:write', changes: true },
  'action removeSampleDataAction': { may: 'settings:write' },
  'page /system': { may: 'system:read' },
  'action changeAlertRulesAction': {
    ...{ may: 'settings:write', changes: true },
    input: () => ({ bouncePercent: 4, byMail: false }),
  },
  'page /settings': { may: 'settings:read' },
  'action changeProfileAction': { may: 'settings:write', changes: true, input: () => profile },
  'action changeSendingRulesAction': {
    ...{ may: 'settings:write', changes: true },
    input: () => ({
      ...{ unconfirmedPolicy: 'send_again', scheduleGraceMinutes: 5 },
      ...{ quietFrom: '20:00', quietUntil: '09:00', helpText: '' },
    }),
  },
  'action changeTrackingAction': {
    ...{ may: 'settings:write', changes: true },
    input: () => ({ tracking: false }),
  },
  'page /settings/senders': { may: 'settings:read' },
  'page /settings/senders/new': { may: 'settings:write' },
  'page /settings/senders/[id]': [
    { may: 'settings:write', on: 'sender' },
    { may: 'settings:write', ...ofTheSmtp, at: (_id, world) => `/settings/senders/${smtp(world)}` },
  ],
  'action saveSenderAction': [
    onSender({ input: (id) => ({ id, provider: 'sandbox', details, settings: {} }) }),
    onSender({ on: undefined, input: () => ({ provider: 'sandbox', details, settings: {} }) }),
  ],
  'action checkSenderAction': [
    onSender({ changes: false, input: (id) => ({ id, provider: 'sandbox', settings: {} }) }),
    onSender({
      ...{ on: undefined, changes: false, ...ofTheSmtp },
      input: (_id, world) => ({
        ...{ id: smtp(world), provider: 'smtp' },
        settings: { host: '127.0.0.1', port: 9, security: 'none', user: 'rose', password: '' },
      }),
    }),
  ],
  // The sandbox's address has no domain that anybody could ask for: said after it was found.
  'action checkDomainAction': onSender({ input: (id) => ({ id, selectors: '' }) }),
  'action setDefaultSenderAction': onSender(),
  'action deleteSenderAction': onSender(),
  'action saveMailboxAction': [
    { ...ofMailbox, changes: true, input: (_id, world) => ({ id: smtp(world), settings: mailbox }) },
    ofAnySender({ input: (id) => ({ id, settings: mailbox }) }),
  ],
  'action checkMailboxAction': [
    { ...ofMailbox, input: (_id, world) => ({ id: smtp(world), settings: mailbox }) },
    ofAnySender({ input: (id) => ({ id, settings: mailbox }) }),
  ],
  'action removeMailboxAction': [
    { ...ofMailbox, changes: true, input: (_id, world) => ({ id: smtp(world) }) },
    ofAnySender({ input: byId }),
  ],
  'page /settings/suppressions': { may: 'settings:read' },
  'POST /settings/suppressions/add': {
    ...{ may: 'settings:write', changes: true, raw: 'stop@example.org' },
  },
  'action unsuppressAction': {
    ...{ may: 'settings:write', on: 'suppression', changes: true },
    input: (id) => ({ id, note: 'They asked for it' }),
  },
  'page /settings/webhooks': { may: 'settings:write' },
  'page /settings/webhooks/[id]': { may: 'settings:write', on: 'webhook' },
  'action createWebhookAction': { may: 'settings:write', changes: true, input: () => webhook },
  'action updateWebhookAction': onWebhook({ input: (id) => ({ id, ...webhook }) }),
  'action rotateWebhookSecretAction': onWebhook(),
  'action switchWebhookAction': onWebhook({ input: (id) => ({ id, on: false }) }),
  'action testWebhookAction': onWebhook(),
  'action deleteWebhookAction': onWebhook(),
  'action sendMessageAgainAction': onWebhook({
    on: 'webhook message',
    answer: (_place, who) => (who.at === 'there' ? 'not_found' : 'ok'),
    input: (id, world) => ({ id: own(world, 'webhook'), messageId: id }),
  }),
};
