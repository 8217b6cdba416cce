import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { wireAddress } from '../providers/address';

/** An e-mail address as it is stored: trimmed, in lower case. Undefined for what no mail server could take. */
export function normaliseEmail(typed: string): string | undefined {
  const address = typed.trim().normalize('NFC').toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const labels = domain.split('.');
  if (address.length > 254 || labels.length < 2 || wireAddress(address) === null) return undefined;
  if (labels.some((label) => label === '' || label.length > 63 || /^-|-$/.test(label))) return undefined;
  const local = address.slice(0, address.lastIndexOf('@'));
  return /^\.|\.\.|\.$/.test(local) ? undefined : address;
}

/** A phone number in E.164. `country` (ISO 3166-1) is where a number without + is dialled. */
export function normalisePhone(typed: string, country: string): string | undefined {
  const home: CountryCode | undefined = isSupportedCountry(country) ? country : undefined;
  const number = parsePhoneNumberFromString(typed.trim(), home);
  return number?.isValid() ? number.number : undefined;
}

/** For people: "+49 30 901820". */
export function formatPhone(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}
