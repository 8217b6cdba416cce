import { expect, test } from 'vitest';
import { readEnv } from './env';

test('fills in what is not set', () => {
  expect(readEnv({})).toMatchObject({ PORT: 3000, APP_URL: 'http://localhost:3000', WORKER_CONCURRENCY: 8 });
  expect(readEnv({ PORT: '4000' }).APP_URL).toBe('http://localhost:4000');
  expect(readEnv({ APP_URL: 'https://mail.example.com/' }).APP_URL).toBe('https://mail.example.com');
  expect(readEnv({ SMTP_URL: '' }).SMTP_URL).toBeUndefined();
  expect(readEnv({}).TRUST_PROXY).toEqual([]);
  expect(readEnv({ TRUST_PROXY: '127.0.0.1, ::1,10.0.0.0/8' }).TRUST_PROXY).toEqual([
    ...['127.0.0.1', '::1', '10.0.0.0/8'],
  ]);
});

test.each([
  ['PORT', 'eighty', '"eighty"', 'whole number from 1 to 65535'],
  ['PORT', '70000', '"70000"', 'whole number from 1 to 65535'],
  ['APP_URL', 'mail.example.com', '"mail.example.com"', 'https://mail.example.com'],
  ['LOG_LEVEL', 'loud', '"loud"', 'info'],
  ['WORKER_CONCURRENCY', '0', '"0"', 'from 1 to 100'],
  ['BATCH_SIZE', '401', '"401"', 'from 1 to 400'],
  ['RESEND_BASE_URL', 'api.resend.com', '"api.resend.com"', 'https://api.resend.com'],
  ['TRUST_PROXY', 'my proxy', '"my proxy"', '10.0.0.0/8'],
  ['TRUST_PROXY', '10.0.0.0/33', '"10.0.0.0/33"', '10.0.0.0/8'],
])('%s=%s is refused in one line that says what is expected', (name, value, found, expected) => {
  const read = () => readEnv({ [name]: value });
  expect(read).toThrow(name);
  expect(read).toThrow(found);
  expect(read).toThrow(expected);
  expect(read).not.toThrow('\n');
});

test('a refused secret is not printed', () => {
  for (const name of ['APP_SECRET', 'APP_SECRET_PREVIOUS', 'DATABASE_URL', 'SMTP_URL', 'RESEND_API_KEY'])
    expect(() => readEnv({ [name]: 'hunter 2' })).toThrow(/^(?!.*hunter)/);
});
