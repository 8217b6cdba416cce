import type { ImportSettings } from '../db/schema/imports';

export type Delimiter = ImportSettings['delimiter'];
export const delimiters = [',', ';', '\t', '|'] as const satisfies Delimiter[];

/** A record of the file. With a problem, `fields` holds what can be shown of it. */
export type CsvRecord = {
  fields: string[];
  problem?: 'unclosed_quote' | 'broken_quote' | 'line_too_long' | 'nul';
};

/** No contact needs more; a quote that was never closed, or a file without line ends, does not fill the memory. */
const maxRecordLength = 1_048_576;

/**
 * Reads CSV (RFC 4180, and what spreadsheets make of it) from text that comes in pieces. Broken records come out with a
 * problem and cost only themselves: after a quote that is never closed, reading goes on at the next line.
 */
export class CsvReader {
  private text = '';
  private newline: '\n' | '\r' | undefined;
  /** Inside a line that was too long, whose rest is still to come. */
  private skipping = false;
  private first = true;
  private sawNul = false;

  constructor(private readonly delimiter: Delimiter) {}

  /** The records that are complete with this piece. Empty lines are none. */
  push(piece: string): CsvRecord[] {
    this.text = this.text === '' ? piece : this.text + piece;
    this.sawNul ||= piece.includes('\0');
    return this.read(false);
  }

  /** The records that were waiting for more. */
  end(): CsvRecord[] {
    return this.read(true);
  }

  private read(ended: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    this.newline ??= this.recogniseNewline(ended);
    if (this.newline === undefined) return records;
    let at = this.skipping ? this.skipLine() : 0;
    let quote = this.text.indexOf('"', at);
    while (at < this.text.length) {
      if (quote !== -1 && quote < at) quote = this.text.indexOf('"', at);
      const lineEnd = this.lineEnd(at);
      const hasQuote = quote !== -1 && quote < lineEnd;
      if (!hasQuote && lineEnd === this.text.length && !ended) break;
      if (!hasQuote && lineEnd - at <= maxRecordLength) {
        this.emit(records, { fields: this.line(at, lineEnd).split(this.delimiter) });
        at = lineEnd + 1;
        continue;
      }
      const next = hasQuote
        ? this.readQuoted(records, at, ended)
        : this.refuseLine(records, at, 'line_too_long');
      if (next === undefined) break;
      at = next;
    }
    this.text = at < this.text.length ? this.text.slice(at) : '';
    if (this.text.length > maxRecordLength && !ended && this.lineEnd(0) === this.text.length)
      this.cutLongLine(records);
    return records;
  }

  /** Reads a record that has quotes. Answers where the next one begins; undefined when more text is needed. */
  private readQuoted(records: CsvRecord[], start: number, ended: boolean): number | undefined {
    const { text } = this;
    const fields: string[] = [];
    let at = start;
    for (;;) {
      if (text[at] === '"') {
        const close = this.closingQuote(at + 1, ended);
        if (close === -1 || close - start > maxRecordLength) {
          if (!ended && text.length - start <= maxRecordLength) return undefined;
          return this.refuseLine(records, start, 'unclosed_quote');
        }
        fields.push(text.slice(at + 1, close).replaceAll('""', '"'));
        at = close + 1;
        while (text[at] === ' ') at++;
        if (text[at] === '\r' && this.newline === '\n' && (text[at + 1] === '\n' || at + 1 === text.length))
          at++;
        if (at >= text.length && !ended) return undefined;
      } else {
        const end = this.fieldEnd(at);
        if (end === text.length && !ended)
          return text.length - start > maxRecordLength
            ? this.refuseLine(records, start, 'line_too_long')
            : undefined;
        fields.push(this.line(at, end));
        at = end;
      }
      const stop = text[at];
      if (stop === this.delimiter) at++;
      else if (stop === this.newline || at >= text.length) break;
      else if (ended || this.lineEnd(start) < text.length || text.length - start > maxRecordLength)
        return this.refuseLine(records, start, 'broken_quote');
      else return undefined; // its line is not whole yet
    }
    this.emit(records, { fields });
    return at + 1;
  }

  /** -1 when it is not there, or may turn out to be half of an escaped one. */
  private closingQuote(from: number, ended: boolean): number {
    let at = this.text.indexOf('"', from);
    while (at !== -1 && this.text[at + 1] === '"') at = this.text.indexOf('"', at + 2);
    return at === this.text.length - 1 && !ended ? -1 : at;
  }

  private refuseLine(records: CsvRecord[], start: number, problem: CsvRecord['problem']): number {
    const end = this.lineEnd(start);
    const shown = this.line(start, Math.min(end, start + 10_000));
    this.emit(records, { fields: shown.split(this.delimiter), problem });
    if (end === this.text.length) this.skipping = true;
    return end + 1;
  }

  private cutLongLine(records: CsvRecord[]): void {
    if (this.text.includes('"')) return; // may be a long quoted field, which readQuoted judges
    this.refuseLine(records, 0, 'line_too_long');
    this.text = '';
  }

  private skipLine(): number {
    const end = this.lineEnd(0);
    this.skipping = end === this.text.length;
    return end + 1;
  }

  private emit(records: CsvRecord[], record: CsvRecord): void {
    const isFirst = this.first;
    this.first = false;
    // Excel writes its delimiter into a line of its own.
    if (isFirst && /^sep=.?$/i.test(record.fields.join(this.delimiter))) return;
    if (this.sawNul && !record.problem && record.fields.some((field) => field.includes('\0')))
      record.problem = 'nul';
    if (record.problem || record.fields.some((field) => field.trim() !== '')) records.push(record);
  }

  private line(start: number, end: number): string {
    const withoutReturn = this.newline === '\n' && this.text[end - 1] === '\r' && end > start ? end - 1 : end;
    return this.text.slice(start, withoutReturn);
  }

  private lineEnd(from: number): number {
    const at = this.text.indexOf(this.newline ?? '\n', from);
    return at === -1 ? this.text.length : at;
  }

  private fieldEnd(from: number): number {
    const delimiter = this.text.indexOf(this.delimiter, from);
    const line = this.lineEnd(from);
    return delimiter === -1 || delimiter > line ? line : delimiter;
  }

  /** Old Macs end lines with a lone return. Undecided while neither was seen and more may come. */
  private recogniseNewline(ended: boolean): '\n' | '\r' | undefined {
    if (this.text.includes('\n')) return '\n';
    if (!ended && this.text.length < 65_536) return undefined;
    return this.text.includes('\r') ? '\r' : '\n';
  }
}
