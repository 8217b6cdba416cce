import { reasonWords, stateWords } from '@/components/campaign-words';
import type { Scope } from '@/lib/auth/scope';
import type { Campaign } from '@/lib/campaigns/campaigns';
import { byteOrderMark, csvLine } from '@/lib/csv';
import type { Channel } from '@/lib/db/states';
import { type DeliveryFilter, type DeliveryRow, listDeliveries } from '@/lib/deliveries/deliveries';

/** What is told of each recipient. */
export const recipientColumns = [
  ...['address', 'first name', 'last name', 'state', 'reason', 'sent', 'delivered', 'opened', 'clicked'],
  ...['bounced', 'complained', 'unsubscribed', 'redeemed', 'delivery id', 'contact id'],
];
const atOnce = 1000;

/** The people behind a number, for a spreadsheet, in pieces. */
export async function* recipientsCsv(
  scope: Scope,
  { id, channel }: Pick<Campaign, 'id' | 'channel'>,
  filter: DeliveryFilter,
): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(recipientColumns);
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listDeliveries(scope, id, { ...filter, cursor, limit: atOnce });
    yield page.rows.map((row) => csvLine(recipientCells(row, channel))).join('');
    cursor = page.next;
  }
}

/** The same of one of them. */
export function recipientCells(row: DeliveryRow, channel: Channel): string[] {
  const times = [
    ...[row.sentAt, row.deliveredAt, row.openedAt, row.clickedAt],
    ...[row.bouncedAt, row.complainedAt, row.unsubscribedAt, row.redeemedAt],
  ];
  return [
    ...[row.address ?? '', row.firstName ?? '', row.lastName ?? ''],
    ...[stateWords[row.state].label, row.reason ? reasonWords[channel][row.reason] : ''],
    ...times.map((time) => time?.toISOString() ?? ''),
    ...[row.id, row.contactId ?? ''],
  ];
}
