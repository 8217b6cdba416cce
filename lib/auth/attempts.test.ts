import { expect, test } from 'vitest';
import { countAttempt, secondsToWait } from './attempts';

const rule = { limit: 3, windowSeconds: 60 };

test('who has a network of IPv6 addresses has no more attempts than who has one address', async () => {
  for (const who of ['2001:db8:0:7::1', '2001:DB8:0:7:ffff::', '2001:0db8::7:1:2:3:4'])
    await countAttempt('network', who, rule);
  expect(await secondsToWait('network', '2001:db8:0:7:aaaa:bbbb:cccc:dddd', rule.limit)).toBeGreaterThan(0);
  for (const who of ['2001:db8:0:8::1', '2001:db8::1', '::1', 'fe80::1%eth0', '192.0.2.1'])
    expect(await secondsToWait('network', who, rule.limit)).toBe(0);
});
