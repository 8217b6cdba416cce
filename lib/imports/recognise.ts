import type { ImportSettings } from '../db/schema/imports';
import { fail, ok, type Result } from '../errors';
import { type FileKind, recogniseColumns, recogniseHeader, recogniseKind } from './columns';
import { CsvReader, type Delimiter, delimiters } from './csv-reader';
import { type Encoding, recogniseBinary, recogniseEncoding } from './encoding';

/** How much of a file's beginning is looked at. More than the longest record, so that an endless first line shows. */
export const sampleBytes = 4_194_304;
const sampleRecords = 200;
const maxColumns = 500;

export type Sample = {
  bytes: Uint8Array;
  /** Whether the file ends with these bytes. */
  whole: boolean;
  /** Whether the whole file is UTF-8, which a beginning without special letters cannot tell. */
  isUtf8: boolean;
};

export type Recognised = { settings: ImportSettings; kind: FileKind; rows: string[][] };

/** What a person may have chosen differently from what was recognised. */
export type Choice = { encoding?: Encoding; delimiter?: Delimiter; header?: boolean };

/** Cuts the text after the last complete line, so that a sample's end is not taken for a broken record. */
function decode(sample: Sample, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(sample.bytes, { stream: !sample.whole });
}

function readRecords(
  text: string,
  delimiter: Delimiter,
  ended: boolean,
): { fields: string[]; problem?: string }[] {
  const reader = new CsvReader(delimiter);
  // Most files show what they are in their first lines; only one with a huge first line needs the whole sample.
  const head = reader.push(text.slice(0, 262_144));
  if (head.length >= sampleRecords) return head.slice(0, sampleRecords);
  const rest = reader.push(text.slice(262_144));
  return [...head, ...rest, ...(ended ? reader.end() : [])].slice(0, sampleRecords);
}

/** The delimiter that cuts most lines into the same number of cells, and into more than one. */
function recogniseDelimiter(text: string, ended: boolean): Delimiter {
  const named = /^sep=([,;|\t])\r?\n/i.exec(text)?.[1];
  const bySep = delimiters.find((delimiter) => delimiter === named);
  if (bySep) return bySep;
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    const records = readRecords(text.slice(0, 65_536), delimiter, ended && text.length <= 65_536).slice(
      0,
      100,
    );
    const widths = records.map((record) => record.fields.length);
    const width = widths[0] ?? 1;
    const same = widths.filter((other) => other === width).length / Math.max(1, widths.length);
    const score = width > 1 ? same * (1 + Math.log2(width)) : 0;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Reads encoding, delimiter, header and columns from a file's beginning, or says why it cannot be a list of contacts. */
export function recognise(sample: Sample, choice: Choice = {}): Result<Recognised> {
  if (sample.bytes.length === 0)
    return fail('invalid', 'The file is empty. Export your contacts again and upload the new file.');
  const binary = recogniseBinary(sample.bytes);
  if (binary !== undefined)
    return fail(
      'invalid',
      `This file is ${binary}, not a CSV file, whatever its name says. Open it in your spreadsheet program, choose "Save as" and "CSV UTF-8", and upload that file.`,
    );
  const encoding = choice.encoding ?? recogniseEncoding(sample.bytes, sample.isUtf8);
  const text = decode(sample, encoding);
  const delimiter = choice.delimiter ?? recogniseDelimiter(text, sample.whole);
  const records = readRecords(text, delimiter, sample.whole);
  return describe(records, { encoding, delimiter, header: choice.header });
}

function describe(
  records: { fields: string[]; problem?: string }[],
  found: { encoding: Encoding; delimiter: Delimiter; header: boolean | undefined },
): Result<Recognised> {
  const first = records[0];
  if (!first)
    return fail('invalid', 'The file holds no rows. Export your contacts again and upload the new file.');
  if (first.problem === 'line_too_long')
    return fail(
      'invalid',
      'The first line is longer than 1 MB, so this is no table of contacts. Export it as CSV with one contact a line and upload that file.',
    );
  if (first.problem === 'nul')
    return fail(
      'invalid',
      'The first line holds NUL characters, which no text file has. Save the file again as "CSV UTF-8" and upload it.',
    );
  if (first.problem)
    return fail(
      'invalid',
      'A quotation mark in the first line is never closed. Remove it, or write it twice (""), and upload the file again.',
    );
  if (first.fields.length > maxColumns)
    return fail(
      'invalid',
      `The first line has ${first.fields.length.toLocaleString('en')} columns; Posthaste reads up to ${maxColumns}. Remove the columns you do not need and upload the file again.`,
    );
  const sound = records.filter((record) => !record.problem).map((record) => record.fields);
  const header = found.header ?? recogniseHeader(sound);
  const names = first.fields.map((name, i) => (header && name.trim()) || `Column ${i + 1}`);
  const rows = sound.slice(header ? 1 : 0);
  const columns = recogniseColumns(names, rows, header);
  const settings = { encoding: found.encoding, delimiter: found.delimiter, header, names, columns };
  return ok({ settings, kind: recogniseKind(names), rows });
}
