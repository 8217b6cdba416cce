import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { isForeignAction } from './foreign-action';

function request(method: string, url: string, headers: Record<string, string>): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), {
    ...{ method, url },
    headers: { host: 'mail.example.com', ...headers },
  });
}

const action = { 'next-action': '40ab', 'content-type': 'text/plain' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const own = { origin: 'https://mail.example.com' };

test.each<[string, boolean, IncomingMessage]>([
  ['an action of our page', false, request('POST', '/lists', { ...action, ...own })],
  [
    'an action of APP_URL, behind a proxy',
    false,
    request('POST', '/', { ...action, origin: 'http://localhost:3000' }),
  ],
  ['an action without an origin', true, request('POST', '/lists', action)],
  ['an action with an empty origin', true, request('POST', '/lists', { ...action, origin: '' })],
  [
    'an action of another site',
    true,
    request('POST', '/lists', { ...action, origin: 'https://evil.example' }),
  ],
  ['an action of a sandboxed frame', true, request('POST', '/lists', { ...action, origin: 'null' })],
  ['a form of another site', true, request('POST', '/lists', { ...form, origin: 'https://evil.example' })],
  [
    'files of another site',
    true,
    request('POST', '/', { 'content-type': 'multipart/form-data; boundary=x' }),
  ],
  ['a form of ours', false, request('POST', '/sign-in', { ...form, ...own })],
  ['one-click of a mailbox provider', false, request('POST', '/u/abc', form)],
  ['a program', false, request('POST', '/api/v1/lists', { 'content-type': 'application/json' })],
  ['a reader', false, request('GET', '/lists', { origin: 'https://evil.example' })],
])('%s is foreign: %s', (_what, foreign, asked) => {
  expect(isForeignAction(asked)).toBe(foreign);
});
