import type { ImportColumn, ImportSettings } from '@/lib/db/schema/imports';
import type { ImportStatus } from '@/lib/db/states';

export const fieldLabels: { value: Extract<ImportColumn, string> | 'attribute'; label: string }[] = [
  { value: 'email', label: 'E-mail' },
  { value: 'first_name', label: 'First name' },
  { value: 'last_name', label: 'Last name' },
  { value: 'full_name', label: 'Full name' },
  { value: 'phone', label: 'Phone' },
  { value: 'country', label: 'Country' },
  { value: 'time_zone', label: 'Time zone' },
  { value: 'email_consent', label: 'E-mail consent' },
  { value: 'sms_consent', label: 'SMS consent' },
  { value: 'attribute', label: 'Attribute' },
  { value: 'attributes_json', label: 'Attributes (JSON)' },
  { value: 'ignore', label: 'Ignore' },
];

export const encodingLabels: { value: ImportSettings['encoding']; label: string }[] = [
  { value: 'utf-8', label: 'UTF-8' },
  { value: 'windows-1252', label: 'Windows-1252 (Western Europe)' },
  { value: 'utf-16le', label: 'UTF-16 (little endian)' },
  { value: 'utf-16be', label: 'UTF-16 (big endian)' },
];

export const delimiterLabels: { value: ImportSettings['delimiter']; label: string }[] = [
  { value: ',', label: 'Comma ,' },
  { value: ';', label: 'Semicolon ;' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar |' },
];

export const kindLabels = {
  mailchimp: 'an export from Mailchimp',
  listmonk: 'an export from listmonk',
  spreadsheet: 'a table of contacts',
};

export const importStatusWords: Record<ImportStatus, { label: string; color: string }> = {
  uploaded: { label: 'Not started', color: 'gray' },
  running: { label: 'Importing', color: 'post' },
  completed: { label: 'Completed', color: 'teal' },
  failed: { label: 'Failed', color: 'red' },
  cancelled: { label: 'Cancelled', color: 'gray' },
};

export function fileSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toLocaleString('en', { maximumFractionDigits: power > 0 && value < 10 ? 1 : 0 })} ${units[power]}`;
}
