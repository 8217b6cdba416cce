import { expect, it } from 'vitest';
import { queryOf, Search } from './recipient-search';

it('takes times that the database knows, and leaves all others out', () => {
  const from = '2030-01-31T23:00:00Z';
  expect(Search.parse({ event: 'opened', from })).toMatchObject({ from });
  for (const at of [
    '',
    '0000-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '2030-02-30T00:00:00Z',
    'now()',
    '2030',
  ])
    expect(Search.parse({ event: 'opened', until: at }).until, at).toBeUndefined();
});

it('is the same again as the query of a download, but for the page', () => {
  const asked = { event: 'opened', from: '2030-01-31T23:00:00Z', cursor: 'x' };
  const query = Object.fromEntries(new URLSearchParams(queryOf(Search.parse(asked))));
  expect(query).toEqual({ event: 'opened', from: '2030-01-31T23:00:00Z' });
});
