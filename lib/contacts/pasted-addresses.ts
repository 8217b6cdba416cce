import { normaliseEmail } from './address';

/**
 * The e-mail addresses of a text: one a line, or among other words or cells, `Ann <ann@example.com>` too. Whatever has an @ in it
 * is meant to be one; what is around it is passed over. `invalid`: as it stood there.
 */
export function readAddresses(text: string): { addresses: string[]; invalid: string[] } {
  const addresses = new Set<string>();
  const invalid: string[] = [];
  for (const word of text.split(/[\s,;<>"|]+/)) {
    if (!word.includes('@')) continue;
    const address = normaliseEmail(word.replace(/^(?:mailto:)?[('[]*|[)'\].:]*$/gi, ''));
    if (address) addresses.add(address);
    else invalid.push(word.slice(0, 100));
  }
  return { addresses: [...addresses], invalid };
}
