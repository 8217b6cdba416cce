import { expect, test } from 'vitest';
import { isPrivateAddress } from './private-address';

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '198.18.0.1',
  '203.0.113.9',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::7f00:1',
  '64:ff9b::7f00:1',
  'fe80::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '2002:7f00:1::',
  '2001:db8::1',
  '2001::1',
  'localhost',
  '0x7f.1',
  '',
])('%s is no host on the Internet', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
  '%s is one',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);

test('a network that is named is meant, and no other', () => {
  expect(isPrivateAddress('10.1.2.3', ['10.1.0.0/16'])).toBe(false);
  expect(isPrivateAddress('10.2.2.3', ['10.1.0.0/16'])).toBe(true);
  expect(isPrivateAddress('fd00::1', ['10.1.0.0/16', 'fd00::/8'])).toBe(false);
  expect(isPrivateAddress('127.0.0.1', ['127.0.0.1'])).toBe(false);
  expect(isPrivateAddress('127.0.0.2', ['127.0.0.1'])).toBe(true);
});
