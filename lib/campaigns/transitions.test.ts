import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { campaignStatuses, deliveryStates } from '../db/states';
import { transitions } from './transitions';

const page = readFileSync('docs/understand.md', 'utf8');
const diagrams = [...page.matchAll(/```mermaid\nstateDiagram-v2\n {2}direction LR\n([\s\S]*?)```/g)].map(
  (found) => (found[1] ?? '').trimEnd().split('\n'),
);

it('the picture in the documentation is the table', () => {
  const arrows = Object.entries(transitions).flatMap(([event, { from, to }]) =>
    from.map((status) => `  ${status} --> ${to}: ${event}`),
  );
  expect([...(diagrams[0] ?? [])].sort()).toEqual(['  [*] --> draft', ...arrows].sort());
});

it.each([
  ['campaign', 0, campaignStatuses],
  ['delivery', 1, deliveryStates],
] as const)('the picture of a %s shows its states and no other', (_, index, states) => {
  const shown = (diagrams[index] ?? []).flatMap(
    (line) => line.match(/[a-z]+(?= -->)|(?<=--> )[a-z]+/g) ?? [],
  );
  expect(new Set(shown)).toEqual(new Set(states));
});
