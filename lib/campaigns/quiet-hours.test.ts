import { expect, test } from 'vitest';
import { zonesByCallingCode } from './quiet-hours';

test('a calling code stands for a time zone where one clock is shown in all of its countries', () => {
  const zones = zonesByCallingCode(2026);
  expect(zones).toMatchObject({
    49: 'Europe/Berlin',
    44: 'Europe/London',
    33: 'Europe/Paris',
    81: 'Asia/Tokyo',
  });
  // Several clocks, several countries, or nothing known.
  for (const code of ['1', '7', '34', '52', '61', '62', '262', '351', '383', '593'])
    expect(zones).not.toHaveProperty(code);
  expect(Object.keys(zones).length).toBeGreaterThan(150);
});
