import { expect, test } from 'vitest';
import type { AuditEntry } from '@/lib/audit/entries';
import { newId, UserId } from '@/lib/ids';
import { auditCsv } from './audit-csv';

const id = newId(UserId);
const entry: AuditEntry = {
  id: 'a',
  at: new Date('2026-05-05T12:00:00Z'),
  who: { kind: 'member', id, name: '=HYPERLINK("http://evil.example")' },
  action: 'list.created',
  target: { kind: 'list', id: 'l', name: '@SUM(A1)', exists: true },
  detail: { name: '-2+3' },
  address: '192.0.2.1',
};

async function whole(pages: AuditEntry[][]): Promise<string> {
  async function* walk() {
    yield* pages;
  }
  let text = '';
  for await (const piece of auditCsv(walk())) text += piece;
  return text;
}

test('the log as CSV, in which no cell starts a formula', async () => {
  const lines = (await whole([[entry], [{ ...entry, who: { kind: 'system' }, target: null, address: null }]]))
    .replace('\ufeff', '')
    .split('\r\n');
  expect(lines[0]).toBe('time,who,kind,id,did,target,target id,more,from,action,detail');
  expect(lines[1]).toBe(
    `2026-05-05T12:00:00.000Z,"'=HYPERLINK(""http://evil.example"")",member,${id},created the list,'@SUM(A1),l,,192.0.2.1,list.created,"{""name"":""-2+3""}"`,
  );
  expect(lines[2]).toBe(
    '2026-05-05T12:00:00.000Z,The system,system,,created the list,,,,,list.created,"{""name"":""-2+3""}"',
  );
  expect(lines).toHaveLength(4);
});
