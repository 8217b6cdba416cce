import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId, WorkspaceId } from '../ids';
import { hashToken, newToken, workspaceOfToken } from './tokens';

test('a token names its workspace, is for one purpose, and differs from every other', () => {
  const workspaceId = newId(WorkspaceId);
  const token = newToken('api-key', workspaceId);
  expect(workspaceOfToken('api-key', token)).toBe(workspaceId);
  expect(workspaceOfToken('invitation', token)).toBeUndefined();
  expect(workspaceOfToken('api-key', newToken('invitation', workspaceId))).toBeUndefined();
  const all = Array.from({ length: 1000 }, () => newToken('api-key', workspaceId));
  expect(new Set(all).size).toBe(1000);
  // 192 random bits behind the workspace's own.
  expect(Buffer.from(token.slice(3), 'base64url')).toHaveLength(16 + 24);
});

test('whatever stands where a token should is read without a crash, and one that was touched is another', () => {
  const token = newToken('api-key', newId(WorkspaceId));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      expect(workspaceOfToken('api-key', text)).toBeUndefined();
      expect(workspaceOfToken('api-key', `ph_${text}`)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '-', '=', ' ', '\0'), (at, other) => {
      const touched = token.slice(0, at) + other + token.slice(at + 1);
      if (touched !== token) expect(hashToken(touched).equals(hashToken(token))).toBe(false);
    }),
  );
});
