import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { type Answer, ask, type Cell, resultOf } from './matrix/ask';
import { type BuiltApp, startBuiltApp } from './matrix/built-app';
import { discover, type Endpoint } from './matrix/discover';
import { expectations } from './matrix/expectations';
import { principals } from './matrix/principals';
import { changesRows, expected, isHiddenFrom, marks, places, type Row, secretsFrom } from './matrix/rules';
import { differing, Snapshots } from './matrix/snapshot';
import { World } from './matrix/world';

/*
 * Everything that can be asked of the built app, asked by everybody, of rows in every place: each answer is the expected
 * one, shows nothing that is not theirs, and a denial changes no row and tells nothing of what there is.
 */

let app: BuiltApp;
let world: World;
let endpoints: Endpoint[];
let snapshots: Snapshots;

test.beforeAll(async () => {
  app = await startBuiltApp();
  world = new World(app);
  await world.build();
  endpoints = await discover(app.url);
  snapshots = new Snapshots(app.sql);
  await snapshots.keep();
});
test.afterAll(() => app?.stop());

const rowsOf = ({ name }: Endpoint): Row[] => [expectations[name] ?? []].flat();

function allCells(): Cell[] {
  return endpoints.flatMap((endpoint) =>
    rowsOf(endpoint).flatMap((row) =>
      principals.flatMap((who) =>
        (row.on ? places : (['own'] as const)).flatMap((place) => {
          const id = row.on ? world.id(row.on, place, who, row.state) : '';
          return id === undefined ? [] : [{ endpoint, row, who, place, id }];
        }),
      ),
    ),
  );
}

const nameOf = ({ endpoint, who, place, row }: Cell) => {
  const rows = rowsOf(endpoint);
  const which = rows.length > 1 ? ` (${rows.indexOf(row) + 1})` : '';
  return `${endpoint.name}${which}, ${who.name}${row.on ? `, ${place} ${row.on}` : ''}`;
};

test('the build has no endpoint that the matrix does not know, and none is gone', () => {
  const names = endpoints.map(({ name }) => name);
  expect(names.length).toBe(new Set(names).size);
  expect(Object.keys(expectations).sort()).toEqual(names.sort());
});

test('nobody gets, learns or changes what is not theirs', async () => {
  const before = await snapshots.take();
  const wrong: string[] = [];
  const hidden = new Map<string, { cell: Cell; text: string }[]>();
  const cells = allCells();
  const shown = new Set<string>();

  const judge = (cell: Cell, answer: Answer): boolean => {
    const found = faultsOf(cell, answer);
    for (const mark of marks) if (answer.text.includes(mark)) shown.add(mark);
    wrong.push(...found.map((fault) => `${nameOf(cell)}: ${fault}`));
    if (isHiddenFrom(cell.who, cell.row, cell.place)) {
      const key = `${cell.endpoint.name} ${rowsOf(cell.endpoint).indexOf(cell.row)} ${cell.who.name}`;
      hidden.set(key, [...(hidden.get(key) ?? []), { cell, text: normal(cell, answer.text) }]);
    }
    return found.length === 0;
  };

  // What changes nothing is asked many at a time, and looked at together; a change is then traced one by one.
  const quiet = cells.filter((cell) => !doesChange(cell));
  const started = performance.now();
  for (let start = 0; start < quiet.length; start += 400) {
    const some = quiet.slice(start, start + 400);
    await inParallel(some, 8, async (cell) => judge(cell, await ask(cell, world, app.url)));
    const changed = differing(before, await snapshots.take());
    if (changed.length === 0) continue;
    await snapshots.restore(changed);
    await world.writeImportFiles();
    for (const cell of some) {
      await ask(cell, world, app.url);
      const tables = differing(before, await snapshots.take());
      if (tables.length === 0) continue;
      wrong.push(`${nameOf(cell)}: changed rows of ${tables.join(', ')}`);
      await snapshots.restore(tables);
    }
  }
  const loudStarted = performance.now();
  const loud = cells.filter(doesChange);
  for (const cell of loud) {
    judge(cell, await ask(cell, world, app.url));
    const changed = differing(before, await snapshots.take());
    if (changed.length === 0) wrong.push(`${nameOf(cell)}: was done, and changed nothing`);
    await snapshots.restore(changed);
    if (changed.includes('imports')) await world.writeImportFiles();
  }
  for (const group of hidden.values()) wrong.push(...tellingApart(group));
  for (const mark of marks)
    if (!shown.has(mark)) wrong.push(`nobody at all was shown ${mark}: a leak of it would not be seen`);
  const seconds = (from: number, to = performance.now()) => `${((to - from) / 1000).toFixed(0)} s`;
  console.log(
    `${cells.length} cells: ${endpoints.length} endpoints × ${principals.length} principals × their targets. ` +
      `${quiet.length} that change nothing took ${seconds(started, loudStarted)}, ${loud.length} that do ${seconds(loudStarted)}. ` +
      `${wrong.length} wrong.`,
  );
  expect(wrong.sort().join('\n')).toBe('');
  const log = app.output();
  const secrets = [...neverShown(), world.password, world.invitationToken, world.resetToken, '@example.'];
  const credentials = principals.flatMap((who) => Object.values(world.headersOf(who)));
  for (const secret of [...secrets, ...credentials]) expect(log).not.toContain(secret);
});

test('an open stream ends when what lets its reader read is taken away', async () => {
  const marketer = principals.find(({ grants }) => grants.own === 'view');
  if (!marketer) throw new Error('somebody sees one list');
  const before = await snapshots.take();
  const streams: [address: string, shows: string, taken: string[]][] = [
    [`/campaigns/${world.the('campaign', 'own', 'paused')}/events`, '"status":"paused"', ['list_grants']],
    [`/contacts/imports/${world.id('import', 'own', marketer)}/events`, '"status":"uploaded"', []],
  ];
  expect(endpoints.filter(({ path }) => path.endsWith('/events'))).toHaveLength(streams.length);
  const cases = streams.flatMap(([path, shows, taken]) =>
    [...taken, 'members', 'sessions'].map((table) => ({ address: app.url + path, shows, taken: table })),
  );
  for (const { address, shows, taken } of cases) {
    const signal = AbortSignal.timeout(20_000);
    const { body } = await fetch(address, { headers: world.headersOf(marketer), signal });
    const reader = body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain(shows);
    await app.sql.unsafe(`delete from ${taken}`);
    expect(await reader?.read()).toEqual({ done: true, value: undefined });
    await snapshots.restore(differing(before, await snapshots.take()));
  }
});

/** What no page or program is ever told: a sender's password, a webhook's key, a password's hash. */
const neverShown = () => [world.keptSecret, world.webhookSecret, '$argon2'];

const doesChange = ({ endpoint, row, who, place }: Cell) =>
  changesRows(row, expected(endpoint, row, who, place), place, who);

function faultsOf({ endpoint, row, who, place }: Cell, { outcome, text }: Answer): string[] {
  const wanted = expected(endpoint, row, who, place);
  const seen = wanted === 'nothing' ? 'ok' : wanted;
  const secrets = row.may === 'anyone' ? [] : secretsFrom(who, endpoint);
  const shown = secrets.filter((secret) => text.includes(secret) && !row.shows?.includes(secret));
  return [
    ...(outcome === seen || wanted === 'any' ? [] : [`answered ${outcome}, expected ${wanted}`]),
    ...(shown.length > 0 ? [`showed ${shown.join(', ')}`] : []),
    ...neverShown().flatMap((secret) => (text.includes(secret) ? [`showed ${secret}`] : [])),
  ];
}

/** An answer without what differs by the question, and without what a page brings along besides its text. */
const normal = ({ endpoint, id }: Cell, text: string): string =>
  (endpoint.kind === 'action'
    ? (resultOf(text) ?? '')
    : text.replace(/<script\b[\s\S]*?<\/script>| nonce="[^"]*"/g, '')
  ).replaceAll(id, 'ID');

/** Answers about rows that one may not know of, which are not the same as about one that was deleted. */
function tellingApart(group: { cell: Cell; text: string }[]): string[] {
  const nothing = group.find(({ cell }) => cell.place === 'deleted');
  if (!nothing) return [];
  return group
    .filter(({ text }) => text !== nothing.text)
    .map(({ cell }) => `${nameOf(cell)}: answered otherwise than for one that is not there`);
}

async function inParallel<Item>(items: Item[], width: number, work: (item: Item) => Promise<unknown>) {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

test('nothing that anybody sends makes an error of the server', async () => {
  const people = principals.filter(({ name }) => ['nobody', 'owner', 'key: owner'].includes(name));
  // The check of health says 503 for what is down: here no worker runs. Signing out would end the asking.
  const asked = endpoints.filter(({ name }) => !/health|signOut|leaveWorkspace|nextauth/.test(name));
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '%', '..', '\r\nX: y', '\ud800'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        endpoint: fc.constantFrom(...asked),
        who: fc.constantFrom(...people),
        part: text.map((any) => encodeURIComponent(any.toWellFormed())),
        query: fc.dictionary(
          fc.constantFrom('cursor', 'search', 'list', 'listId', 'limit', 'state', 'email', 'sort'),
          text,
        ),
        body: fc.oneof(
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ id: value, name: value, email: value, to: value })),
        ),
      }),
      async ({ endpoint, who, part, query, body }) => {
        const isAction = endpoint.kind === 'action';
        const search = new URLSearchParams(
          Object.entries(query).map(([name, any]) => [name, any.toWellFormed()]),
        );
        const path = endpoint.path.replace(/\[[^\]]*\]+/g, part || 'x');
        const method = isAction ? 'POST' : endpoint.kind === 'route' ? endpoint.method : 'GET';
        const response = await fetch(`${app.url}${path}?${search}`, {
          ...{ method, redirect: 'manual' },
          headers: {
            ...world.headersOf(who),
            Origin: app.url,
            ...(isAction ? { 'Next-Action': endpoint.id, 'Content-Type': 'text/plain;charset=UTF-8' } : {}),
          },
          // A $ begins what React writes besides plain values, and is doubled where it does not.
          body: method === 'GET' ? undefined : isAction ? `[${body.replaceAll('"$', '"$$$$')}]` : body,
          signal: AbortSignal.timeout(15_000),
        });
        await response.body?.cancel();
        expect(response.status, `${method} ${path} ${body}`).toBeLessThan(500);
      },
    ),
    { numRuns: 600 },
  );
});
