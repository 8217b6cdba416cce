import { describe, expect, it } from 'vitest';
import { encodeCursor } from '../db/page';
import { testWorkspace } from '../workspaces/testing';
import { createCampaign, listCampaigns } from './campaigns';

describe('the list of campaigns', () => {
  it('takes whatever stands in its address', async () => {
    const { scope } = await testWorkspace();
    for (const name of ['Autumn 100%', 'Winter']) await createCampaign(scope, { name });
    const names = async (filter: Parameters<typeof listCampaigns>[1]) =>
      (await listCampaigns(scope, filter)).rows.map((row) => row.name);
    expect(await names({ search: '\0' })).toEqual(['Winter', 'Autumn 100%']);
    expect(await names({ search: ' tum\0 ' })).toEqual(['Autumn 100%']);
    expect(await names({ search: '0%' })).toEqual(['Autumn 100%']);
    expect(await names({ search: 'a\ud83d' })).toEqual([]);
    for (const key of [['-'.repeat(36)], ['\0'], []])
      expect(await names({ cursor: encodeCursor({ direction: 'after', key }) })).toHaveLength(2);
  });
});
