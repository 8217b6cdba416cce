import type { WebhookEvent, WebhookMessageState, WebhookMessageType } from '@/lib/db/states';

/** Each event in a person's words, in the groups in which they are chosen. */
export const webhookEventGroups: { label: string; events: Partial<Record<WebhookEvent, string>> }[] = [
  {
    label: 'Campaigns',
    events: {
      'campaign.started': 'A campaign begins to send',
      'campaign.paused': 'A campaign is paused',
      'campaign.completed': 'A campaign is complete',
    },
  },
  {
    label: 'Messages',
    events: {
      'delivery.sent': 'A message is sent',
      'delivery.delivered': 'A message is delivered',
      'delivery.bounced': 'A message bounces',
      'delivery.complained': 'Somebody reports a message as spam',
      'delivery.opened': 'A message is opened',
      'delivery.clicked': 'A link is clicked',
      'delivery.unsubscribed': 'Somebody unsubscribes by a message',
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
];

const words = new Map(webhookEventGroups.flatMap(({ events }) => Object.entries(events)));

export const webhookMessageWords = (type: WebhookMessageType): string =>
  type === 'webhook.test' ? 'A test' : (words.get(type) ?? type);

export const webhookStateWords: Record<WebhookMessageState, { label: string; color: string }> = {
  pending: { label: 'Waiting', color: 'gray' },
  delivered: { label: 'Taken', color: 'teal' },
  failed: { label: 'Not taken', color: 'red' },
};
