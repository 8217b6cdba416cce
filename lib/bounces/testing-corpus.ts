import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message of the corpus as it comes over the wire, about this delivery. */
export function corpusMessage(name: string, deliveryId: string): Buffer {
  const text = readFileSync(join(import.meta.dirname, 'corpus', `${name}.eml`), 'latin1');
  return Buffer.from(text.replaceAll('DELIVERY', deliveryId).replaceAll('\n', '\r\n'), 'latin1');
}
