import { DeliveryId, newId } from '../ids';
import type { EmailMessage, SmsMessage } from './provider';

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

/** Whom e-mail goes to in the conformance suite. */
export const emailPeople = {
  message: testMessage,
  person: (n: number) => `person-x${n}y@example.net`,
};

/** A finished text message, for tests. */
export function testSms(to = '+15005550100', changes: Partial<SmsMessage> = {}): SmsMessage {
  const deliveryId = newId(DeliveryId);
  return {
    deliveryId,
    to,
    body: `Hello ${deliveryId}. Reply STOP to unsubscribe`,
    statusCallback: null,
    ...changes,
  };
}
