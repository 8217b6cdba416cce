import { getCountries } from 'libphonenumber-js/min';

type Option = { value: string; label: string };

/** All countries by name, for a select. */
export function countryOptions(): Option[] {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  return getCountries()
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en'));
}

/** All time zones with their offset at this moment, for a select. */
export function timeZoneOptions(now = new Date()): Option[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((value) => {
    const parts = new Intl.DateTimeFormat('en', {
      timeZone: value,
      timeZoneName: 'shortOffset',
    }).formatToParts(now);
    const offset = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    return { value, label: `${value.replaceAll('_', ' ')} (${offset})` };
  });
}
