import type { Scope } from '@/lib/auth/scope';
import { byteOrderMark, csvLine } from '@/lib/csv';
import { listSent, type SentFilter } from '@/lib/deliveries/sent-messages';
import { recipientCells, recipientColumns } from '../[id]/recipients.csv/recipients-csv';

const atOnce = 1000;

/** The people behind a number of some days, for a spreadsheet, in pieces. */
export async function* sentCsv(scope: Scope, filter: SentFilter): AsyncGenerator<string> {
  yield byteOrderMark + csvLine([...recipientColumns, 'campaign']);
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listSent(scope, { ...filter, cursor, limit: atOnce });
    // Whatever was sent has no reason, of which the words depend on the channel.
    yield page.rows.map((row) => csvLine([...recipientCells(row, 'email'), row.campaign.name])).join('');
    cursor = page.next;
  }
}
