import { randomBytes } from 'node:crypto';
import { ContactCode } from '../ids';

/*
 * Personal codes: 12 characters of Crockford's base 32 (crockford.com/base32.html), drawn at random: 60 bits. Short enough to
 * be typed from a screen, and no digit looks like a letter. Stored and in addresses without hyphens, shown with them.
 */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 12;

export function newCode(): ContactCode {
  let drawn = '';
  for (const byte of randomBytes(length)) drawn += alphabet.charAt(byte & 31);
  return ContactCode.parse(drawn);
}

/** Stands in tests and previews of messages: nobody's. */
export const sampleCode = ContactCode.parse('0'.repeat(length));

/**
 * A code as somebody typed it: in small letters, with hyphens or blanks anywhere, O for 0 and I or L for 1. Undefined for
 * what can be none.
 */
export function readCode(typed: string): ContactCode | undefined {
  if (typed.length > 100) return undefined;
  const plain = typed
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return ContactCode.safeParse(plain).data;
}

/** "7K3M-9QXV-B2AT" */
export const showCode = (code: ContactCode): string => code.replace(/(.{4})(?=.)/g, '$1-');
