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
