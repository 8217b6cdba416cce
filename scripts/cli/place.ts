import { WorkspaceProfile } from '@/lib/workspaces/profile';

/** The country of the machine's language settings; where they name none, the one that most machines ship with. */
export function systemCountry(environment: NodeJS.ProcessEnv = process.env): string {
  const { LC_ALL, LANG } = environment;
  const locale = LC_ALL || LANG || '';
  return /^[a-z]{2,3}_([A-Z]{2})\b/.exec(locale)?.[1] ?? 'US';
}

/** The time zone of the machine's clock, if it is one that a workspace can have. */
export function systemTimeZone(zone = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  return WorkspaceProfile.shape.timeZone.safeParse(zone).success ? zone : 'UTC';
}

/** "ann.owner@example.com" is probably called Ann Owner. */
export function nameFromAddress(email: string): string {
  const words = (email.split(/[@+]/, 1)[0] ?? '').split(/[._-]+/).filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || 'Owner';
}

const { name, postalAddress, country, timeZone } = WorkspaceProfile.shape;

/** What a workspace says of itself, with what a machine can know in place of what was not said. */
export const profileInput = {
  workspace: name,
  postalAddress: postalAddress.default('Not set yet'),
  country: country.default(systemCountry),
  timeZone: timeZone.default(systemTimeZone),
};

export const profileOptions = {
  'postal-address': {
    value: 'A',
    about: 'stands in every message; default “Not set yet”, to be set under Settings',
  },
  country: { value: 'C', about: 'two letters, e.g. DE; default: that of the machine’s language' },
  'time-zone': { value: 'Z', about: 'e.g. Europe/Berlin; default: the machine’s' },
};
