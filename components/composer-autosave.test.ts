import { beforeEach, describe, expect, it } from 'vitest';
import { fail, type Result } from '@/lib/errors';
import { Autosave, type AutosaveDoor, type SaveState, sameValue } from './composer-autosave';

type Draft = { name: string; subject: string; content: unknown };

/** A server with revisions, a clock that only moves when told, and a browser store. */
class World implements AutosaveDoor<Draft> {
  draft: Draft = { name: 'n', subject: 's', content: null };
  revision = 1;
  open = true;
  saves: { revision: number; changes: Partial<Draft>; leaving: boolean }[] = [];
  states: SaveState['kind'][] = [];
  last: SaveState = { kind: 'saved' };
  copy: { revision: number; changes: Partial<Draft> } | undefined;
  screen: Partial<Draft> = {};
  /** What happens to the next requests: the request is lost, or only its answer. */
  faults: ('lost' | 'answer lost')[] = [];
  timers: { run: () => void; ms: number }[] = [];
  gate: Promise<void> = Promise.resolve();

  async save(
    revision: number,
    changes: Partial<Draft>,
    leaving: boolean,
  ): Promise<Result<{ revision: number }>> {
    this.saves.push({ revision, changes, leaving });
    await this.gate;
    const fault = this.faults.shift();
    if (fault === 'lost') return fail('unavailable', 'The server cannot be reached.');
    const answer = this.write(revision, changes);
    return fault === 'answer lost' ? fail('unavailable', 'The server cannot be reached.') : answer;
  }
  write(revision: number, changes: Partial<Draft>): Result<{ revision: number }> {
    if (changes.name === '') return fail('invalid', 'Check it.', { fields: { name: 'Give it a name.' } });
    if (revision !== this.revision) return fail('conflict', 'Changed in another window.');
    this.draft = { ...this.draft, ...changes };
    this.revision++;
    return { ok: true, value: { revision: this.revision } };
  }
  async read() {
    return { ok: true as const, value: { revision: this.revision, open: this.open, draft: this.draft } };
  }
  remember(copy: World['copy']) {
    this.copy = copy;
  }
  recall() {
    return this.copy;
  }
  onRecall(changes: Partial<Draft>) {
    this.screen = changes;
  }
  onState(state: SaveState) {
    this.states.push(state.kind);
    this.last = state;
  }
  setTimer(run: () => void, ms: number) {
    const timer = { run, ms };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  /** Runs what is due and lets its promises end; answers how long it had been waiting. */
  async tick(): Promise<number[]> {
    const due = this.timers;
    this.timers = [];
    for (const { run } of due) run();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    return due.map(({ ms }) => ms);
  }
}

let world: World;
let autosave: Autosave<Draft>;
const start = (revision = world.revision) => {
  autosave = new Autosave<Draft>(revision, { ...world.draft }, world);
};
beforeEach(() => {
  world = new World();
  start();
});

describe('while somebody writes', () => {
  it('saves once after a pause, with all that changed, on the revision it knows', async () => {
    autosave.change({ subject: 'a' });
    autosave.change({ subject: 'ab' });
    autosave.change({ name: 'm' });
    expect(world.saves).toEqual([]);
    expect(await world.tick()).toEqual([800]);
    expect(world.saves).toEqual([{ revision: 1, changes: { subject: 'ab', name: 'm' }, leaving: false }]);
    expect(world.last.kind).toBe('saved');
    autosave.change({ subject: 'abc' });
    await world.tick();
    expect(world.saves.at(-1)?.revision).toBe(2);
    expect(world.draft.subject).toBe('abc');
  });

  it('sends one save at a time, and what was written meanwhile behind it', async () => {
    const opened = Promise.withResolvers<void>();
    world.gate = opened.promise;
    autosave.change({ subject: 'a' });
    await world.tick();
    autosave.change({ subject: 'b' });
    await world.tick();
    expect(world.saves).toHaveLength(1);
    opened.resolve();
    await world.tick();
    expect(await autosave.flush()).toBe(true);
    expect(world.saves.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(world.draft.subject).toBe('b');
    expect(world.last.kind).toBe('saved');
  });

  it('has everything saved after a flush, without waiting for the pause', async () => {
    autosave.change({ subject: 'now' });
    expect(await autosave.flush()).toBe(true);
    expect(world.draft.subject).toBe('now');
    expect(await world.tick()).toEqual([]);
  });
});

describe('when the server cannot be reached', () => {
  it('says so, keeps a copy, and tries again at growing intervals until it works', async () => {
    world.faults = ['lost', 'lost', 'lost'];
    autosave.change({ subject: 'a' });
    await world.tick();
    expect(world.last).toEqual({
      kind: 'failed',
      message: 'The server cannot be reached.',
      fields: {},
      retrying: true,
    });
    expect(world.copy).toEqual({ revision: 1, changes: { subject: 'a' } });
    expect(await world.tick()).toEqual([2000]);
    expect(await world.tick()).toEqual([4000]);
    expect(await world.tick()).toEqual([8000]);
    expect(world.last.kind).toBe('saved');
    expect(world.draft.subject).toBe('a');
    expect(world.copy).toBeUndefined();
  });

  it('takes no save of its own for somebody else’s when only the answer was lost', async () => {
    world.faults = ['answer lost'];
    autosave.change({ subject: 'a', content: { b: 1, a: [{ y: 1, x: 2 }] } });
    await world.tick();
    world.draft.content = { a: [{ x: 2, y: 1 }], b: 1 };
    await world.tick();
    expect(world.last.kind).toBe('saved');
    autosave.change({ subject: 'b' });
    await world.tick();
    expect(world.draft.subject).toBe('b');
    expect(world.last.kind).toBe('saved');
  });

  it('does not claim success to somebody who wants to go on', async () => {
    world.faults = ['lost'];
    autosave.change({ subject: 'a' });
    expect(await autosave.flush()).toBe(false);
  });
});

describe('a value that is refused', () => {
  it('is told at its field and not repeated until it changes', async () => {
    autosave.change({ name: '', subject: 'kept' });
    await world.tick();
    expect(world.last).toMatchObject({
      kind: 'failed',
      fields: { name: 'Give it a name.' },
      retrying: false,
    });
    expect(await world.tick()).toEqual([]);
    autosave.change({ name: 'x' });
    await world.tick();
    expect(world.draft).toMatchObject({ name: 'x', subject: 'kept' });
  });
});

describe('a draft that somebody else changed', () => {
  beforeEach(async () => {
    world.write(1, { subject: 'theirs' });
    autosave.change({ subject: 'mine' });
    await world.tick();
  });

  it('is never overwritten silently', async () => {
    expect(world.last.kind).toBe('conflict');
    autosave.change({ name: 'mine too' });
    autosave.leave();
    await world.tick();
    expect(world.draft).toMatchObject({ subject: 'theirs', name: 'n' });
    expect(world.copy?.changes).toEqual({ subject: 'mine', name: 'mine too' });
    expect(await autosave.flush()).toBe(false);
  });

  it('is not taken for one’s own because what one changed is the same again', async () => {
    const mine = new Autosave<Draft>(2, { ...world.draft }, world);
    world.write(2, { content: 'their text' });
    mine.change({ subject: 'theirs!' });
    mine.change({ subject: 'theirs' });
    await world.tick();
    expect(world.last.kind).toBe('conflict');
    mine.change({ content: 'my text' });
    await world.tick();
    expect(world.draft.content).toBe('their text');
  });

  it('is replaced as a whole when a person says so', async () => {
    const screen = { name: 'n', subject: 'mine', content: null };
    world.write(2, { name: 'theirs' });
    expect(await autosave.keepMine(screen)).toBe(true);
    expect(world.draft).toEqual(screen);
    expect(world.copy).toBeUndefined();
  });

  it('wins when a person says so', () => {
    autosave.discardMine();
    autosave.leave();
    expect(world.copy).toBeUndefined();
    expect(world.draft.subject).toBe('theirs');
  });
});

describe('leaving the page', () => {
  it('sends a parting request and keeps a copy', async () => {
    autosave.change({ subject: 'bye' });
    autosave.leave();
    expect(world.saves).toEqual([{ revision: 1, changes: { subject: 'bye' }, leaving: true }]);
    expect(world.copy).toEqual({ revision: 1, changes: { subject: 'bye' } });
  });

  it('does nothing when all is saved', () => {
    autosave.leave();
    expect(world.saves).toEqual([]);
  });

  it('and coming back brings changes that did not arrive', async () => {
    world.faults = ['lost'];
    autosave.change({ subject: 'bye' });
    autosave.leave();
    await world.tick();
    start();
    autosave.recall();
    expect(world.screen).toEqual({ subject: 'bye' });
    await world.tick();
    expect(world.draft.subject).toBe('bye');
    expect(world.copy).toBeUndefined();
  });

  it('and coming back asks when the draft has moved on', async () => {
    world.copy = { revision: 1, changes: { subject: 'old' } };
    world.write(1, { subject: 'newer' });
    start();
    autosave.recall();
    await world.tick();
    expect(world.last.kind).toBe('conflict');
    expect(world.draft.subject).toBe('newer');
  });

  it('and coming back says nothing when the parting request did arrive', async () => {
    autosave.change({ subject: 'bye' });
    autosave.leave();
    await world.tick();
    expect(world.draft.subject).toBe('bye');
    start();
    autosave.recall();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(world.last.kind).toBe('saved');
    expect(world.copy).toBeUndefined();
  });
});

it('compares values whatever the order of their keys', () => {
  expect(sameValue({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  expect(sameValue({ a: undefined }, {})).toBe(true);
  for (const [a, b] of [
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [[], {}],
    [null, {}],
    ['1', 1],
  ])
    expect(sameValue(a, b)).toBe(false);
});
