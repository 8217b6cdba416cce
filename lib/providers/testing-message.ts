import { DeliveryId, newId } from '../ids';
import type { EmailMessage } from './provider';

/** A finished message, for tests. */
export function testMessage(to = 'bob@example.net', changes: Partial<EmailMessage> = {}): EmailMessage {
  const deliveryId = newId(DeliveryId);
  return {
    deliveryId,
    from: { name: 'Ann', address: 'ann@example.com' },
    to: { name: 'Bob', address: to },
    replyTo: null,
    subject: 'Hello',
    headers: [['Message-ID', `<${deliveryId}@example.com>`]],
    html: '<p>Hello</p>',
    text: 'Hello',
    ...changes,
  };
}
