import type { ImportColumn, ImportSettings } from '../db/schema/imports';
import { uuidv7 } from '../ids';
import { readAddress } from './address';
import type { CsvRecord } from './csv-reader';
import type { Rejection } from './reasons';
import {
  attributeName,
  readAttributes,
  readConsent,
  readCountry,
  readName,
  readPhone,
  readTimeZone,
  splitName,
} from './values';

/** A row that became a contact, in the names of the statement that writes it (./write-contacts.ts). */
export type ContactRow = {
  row: number;
  id: string;
  email: string;
  phone: string | null;
  first_name: string;
  last_name: string;
  country: string | null;
  time_zone: string | null;
  attributes: Record<string, unknown>;
  /** What the file says; null: nothing. */
  email_consent: boolean | null;
  sms_consent: boolean | null;
};

const maxNameLength = 100;
const noName = { first: '', last: '' };

type Field = Extract<ImportColumn, string>;
const fields = [
  'email',
  'phone',
  'first_name',
  'last_name',
  'full_name',
  'country',
  'time_zone',
  'email_consent',
  'sms_consent',
  'attributes_json',
] as const satisfies Field[];

/** The same few answers stand in a column again and again, and reading one costs more than finding it again. */
function remember<Value>(read: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text);
    if (known.size < 1000 && text.length <= 100) known.set(text, value);
    return value;
  };
}

/** Makes the function that reads one record, with everything that is the same for all of them worked out before. */
export function contactReader(
  settings: Pick<ImportSettings, 'columns' | 'names'>,
  workspaceCountry: string,
): (record: CsvRecord, row: number) => ContactRow | Rejection {
  const width = settings.columns.length;
  const at = Object.fromEntries(fields.map((field) => [field, settings.columns.indexOf(field)]));
  const attributeColumns = settings.columns.flatMap((column, i) =>
    typeof column === 'object' ? [{ name: column.attribute, i }] : [],
  );
  const countryOf = remember(readCountry);
  const consentOf = remember(readConsent);
  /** A cell that its column's field cannot hold is not lost: it becomes an attribute named like the column. */
  const fallback = (column: number) => attributeName(settings.names[column] ?? '') || `column_${column + 1}`;

  return (record, row) => {
    if (record.problem) return record.problem;
    const cells = record.fields;
    const cell = (field: (typeof fields)[number]) => cells[at[field] ?? -1]?.trim() ?? '';
    if (cells.length > width && cells.slice(width).some((extra) => extra.trim() !== ''))
      return 'too_many_fields';
    const address = readAddress(cell('email'));
    if ('rejection' in address) return address.rejection;

    const attributes: Record<string, unknown> = {};
    const keep = <Value>(
      field: (typeof fields)[number],
      read: (text: string) => Value | undefined,
    ): Value | null => {
      const text = cell(field);
      if (text === '') return null;
      const value = read(text);
      if (value === undefined) attributes[fallback(at[field] ?? -1)] = text;
      return value ?? null;
    };
    const json = keep('attributes_json', readAttributes);
    if (json) Object.assign(attributes, json);
    for (const { name, i } of attributeColumns) {
      const text = cells[i]?.trim();
      if (text) attributes[name] = text;
    }
    const fullName = cell('full_name');
    const whole = fullName === '' ? noName : splitName(readName(fullName));
    const first_name = readName(cell('first_name')) || whole.first;
    const last_name = readName(cell('last_name')) || whole.last;
    if (first_name.length > maxNameLength || last_name.length > maxNameLength) return 'name_too_long';
    const country = keep('country', countryOf);
    return {
      row,
      id: uuidv7(),
      email: address.address,
      phone: keep('phone', (text) => readPhone(text, country ?? workspaceCountry)),
      first_name,
      last_name,
      country,
      time_zone: keep('time_zone', readTimeZone),
      attributes,
      email_consent: consentOf(cell('email_consent')),
      sms_consent: consentOf(cell('sms_consent')),
    };
  };
}
