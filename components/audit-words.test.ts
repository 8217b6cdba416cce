import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { transitions } from '@/lib/campaigns/transitions';
import { auditGroups, auditWords, tellAction } from './audit-words';

const root = join(import.meta.dirname, '..');

/** Every action that a call of audit(), or the statement of a refusal, writes. */
async function writtenActions(): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const name of glob('{lib,scripts,worker,app}/**/*.{ts,tsx}', { cwd: root })) {
    if (/\.test\.tsx?$|account-audit\.ts$/.test(name)) continue;
    const source = readFileSync(join(root, name), 'utf8');
    for (const [call] of source.matchAll(/(?<!function )\baudit(?:Account)?\([\s\S]*?\);/g)) {
      const actions = [...call.matchAll(/['`]([a-z_]+\.(?:[a-z_]+|\$\{event\}))['`]/g)].map(
        ([, action]) => action,
      );
      expect(actions, `${name}: ${call}`).not.toEqual([]);
      for (const action of actions)
        if (action === `campaign.\${event}`)
          for (const event of Object.keys(transitions)) found.add(`campaign.${event}`);
        else if (action) found.add(action);
    }
    for (const [, action] of source.matchAll(/'(authorization\.[a-z_]+)'/g)) if (action) found.add(action);
  }
  return found;
}

test('every action that is written has its words, and no other has', async () => {
  const written = await writtenActions();
  expect(written.size).toBeGreaterThan(40);
  expect(Object.keys(auditWords).sort()).toEqual([...written].sort());
});

test('every action belongs to one group', () => {
  for (const action of Object.keys(auditWords)) {
    const subject = action.split('.', 1)[0];
    const groups = Object.values(auditGroups).filter(({ subjects }) =>
      subjects.some((one) => one === subject),
    );
    expect(groups, action).toHaveLength(1);
  }
});

test('words are made of any detail, also of none or of another version', () => {
  for (const action of Object.keys(auditWords))
    for (const detail of [{}, { count: 'x', fields: 1, grants: {}, problem: null, at: [] }]) {
      const { says, more } = tellAction(action, detail, 'Europe/Berlin');
      expect(says).not.toBe('');
      expect(more).not.toMatch(/undefined|null|NaN|\[object/);
    }
  expect(tellAction('campaign.retry', { count: 1200 }, 'UTC')).toEqual({
    says: 'tried again to send',
    more: '1,200 people',
  });
  const at = '2026-06-03T07:00:00.000Z';
  expect(tellAction('campaign.schedule', { at, zone: 'Europe/Berlin' }, 'UTC').more).toBe(
    'for 3 Jun 2026, 09:00, Europe/Berlin',
  );
  expect(tellAction('later.invented', {}, 'UTC')).toEqual({ says: 'later.invented', more: '' });
});
