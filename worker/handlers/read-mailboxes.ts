import { readDueMailboxes } from '@/lib/bounces/read-mailboxes';
import type { Handler } from '../handler';

export const handleReadMailboxes: Handler<object> = async (_payload, { stop }) => {
  await readDueMailboxes(stop);
  return true;
};
