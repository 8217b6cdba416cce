import { expect, test } from 'vitest';
import { CampaignId, ListId, newId } from './ids';

test('an id in capitals is the same id', () => {
  const id = newId(ListId);
  expect(ListId.parse(id.toUpperCase())).toBe(id);
  expect(CampaignId.safeParse('No-Id').success).toBe(false);
});
