import { SegmentedMessage } from 'sms-segments-calculator';

/** The most characters of a text message, footer and short URL included. */
export const longestText = 160;

export type TextSize = { characters: number; segments: number; encoding: 'GSM-7' | 'UCS-2' };

/** Unicode characters: what a person would count, but for letters with marks that are characters of their own. */
export const charactersOf = (text: string): number => Array.from(text).length;

/**
 * How long a finished text message is, and as how many it is charged: 3GPP TS 23.038's alphabet with its extension table, or
 * UCS-2 as soon as one character is not in it.
 */
export function measureText(text: string): TextSize {
  const segmented = new SegmentedMessage(text);
  return {
    characters: charactersOf(text),
    segments: segmented.segmentsCount,
    encoding: segmented.encodingName,
  };
}

/** The alphabet of text messages, and those of its characters that take two places. */
const gsm = /^[\n\r !-Z_a-z¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ\f[\\\]^{|}~€]*$/;
const takesTwo = /[\f[\\\]^{|}~€]/g;
const surrogate = /[\ud800-\udfff]/;

/** As how many a message is charged, alone: quick enough to ask for everybody on a list. */
export function segmentsOf(text: string): number {
  if (text.length <= 70) return 1;
  if (gsm.test(text))
    return text.length + (text.match(takesTwo)?.length ?? 0) <= 160 ? 1 : measureText(text).segments;
  return surrogate.test(text) ? measureText(text).segments : Math.ceil(text.length / 67);
}
