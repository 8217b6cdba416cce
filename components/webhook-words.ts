import type { WebhookEvent, WebhookMessageState, WebhookMessageType } from '@/lib/db/states';

type Group = { label: string; events: Partial<Record<WebhookEvent, string>> };

/** Each event in a person's words, in the groups and columns in which they are chosen. */
export const webhookEventColumns: Group[][] = [
  [
    {
      label: 'Campaigns',
      events: {
        'campaign.started': 'A campaign begins to send',
        'campaign.paused': 'A campaign is paused',
        'campaign.completed': 'A campaign is complete',
      },
    },
    {
      label: 'Contacts',
      events: {
        'contact.created': 'A contact is added',
        'contact.changed': 'A contact is changed',
        'contact.erased': 'A contact is erased',
      },
    },
    {
      label: 'Alerts',
      events: { 'alert.opened': 'An alert opens', 'alert.resolved': 'An alert resolves' },
    },
  ],
  [
    {
      label: 'Messages',
      events: {
        'delivery.sent': 'A message is sent',
        'delivery.delivered': 'A message is delivered',
        'delivery.bounced': 'A message bounces',
        'delivery.complained': 'Somebody reports it as spam',
        'delivery.opened': 'A message is opened',
        'delivery.clicked': 'A link is clicked',
        'delivery.unsubscribed': 'Somebody unsubscribes',
      },
    },
  ],
];

const words = new Map(webhookEventColumns.flat().flatMap(({ events }) => Object.entries(events)));

export const webhookMessageWords = (type: WebhookMessageType): string =>
  type === 'webhook.test' ? 'A test' : (words.get(type) ?? type);

export const webhookStateWords: Record<WebhookMessageState, { label: string; color: string }> = {
  pending: { label: 'Waiting', color: 'gray' },
  delivered: { label: 'Taken', color: 'teal' },
  failed: { label: 'Not taken', color: 'red' },
};
