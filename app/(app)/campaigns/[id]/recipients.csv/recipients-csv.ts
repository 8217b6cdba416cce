import { reasonWords, stateWords } from '@/components/campaign-words';
import type { Scope } from '@/lib/auth/scope';
import type { Campaign } from '@/lib/campaigns/campaigns';
import { byteOrderMark, csvLine } from '@/lib/csv';
import type { Channel } from '@/lib/db/states';
import { type DeliveryFilter, type DeliveryRow, listDeliveries } from '@/lib/deliveries/deliveries';

const columns = [
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
  yield byteOrderMark + csvLine(columns);
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listDeliveries(scope, id, { ...filter, cursor, limit: atOnce });
    yield page.rows.map((row) => lineOf(row, channel)).join('');
    cursor = page.next;
  }
}

function lineOf(row: DeliveryRow, channel: Channel): string {
  const times = [
    ...[row.sentAt, row.deliveredAt, row.openedAt, row.clickedAt],
    ...[row.bouncedAt, row.complainedAt, row.unsubscribedAt, row.redeemedAt],
  ];
  return csvLine([
    ...[row.address ?? '', row.firstName ?? '', row.lastName ?? ''],
    ...[stateWords[row.state].label, row.reason ? reasonWords[channel][row.reason] : ''],
    ...times.map((time) => time?.toISOString() ?? ''),
    ...[row.id, row.contactId ?? ''],
  ]);
}
