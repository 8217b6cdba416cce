import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { readAddress } from '../imports/address';
import { readPhone } from '../imports/values';

/** An e-mail address in the one form that is stored, the same as an import's. Undefined for what is none. */
export function normaliseEmail(typed: string): string | undefined {
  const read = readAddress(typed);
  return 'address' in read ? read.address : undefined;
}

/** A phone number in E.164, read as an import reads it. `country` (ISO 3166-1) is where a number without + is dialled. */
export const normalisePhone = (typed: string, country: string): string | undefined =>
  readPhone(typed.trim(), country);

/** For people: "+49 30 901820". */
export function formatPhone(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}
