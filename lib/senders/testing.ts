import type { Scope } from '../auth/scope';
import { openSender, type SenderOf, type SenderRow } from './open-sender';

/** A sender of e-mails, ready to send. For tests. */
export function openEmailSender(scope: Scope, row: SenderRow): SenderOf<'email'> {
  const sender = openSender(scope, row);
  if (sender.channel !== 'email') throw new Error('this sender sends text messages');
  return sender;
}
