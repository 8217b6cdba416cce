import { expect, it } from 'vitest';
import { autosaveCopies } from './autosave-copies';

/** What a browser keeps for all of its windows. */
class Store {
  private kept = new Map<string, string>();
  get length() {
    return this.kept.size;
  }
  key = (n: number) => [...this.kept.keys()][n] ?? null;
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

it('a window that has saved everything takes nothing from another that has not', () => {
  const store = new Store();
  const [one, other] = ['one', 'other'].map((name) => autosaveCopies<string>(() => store, 'draft-1', name));
  other?.write('mine');
  one?.write('typed');
  one?.write(undefined);
  expect(autosaveCopies<string>(() => store, 'draft-1', 'later').read()).toBe('mine');
});

it('whoever comes back takes over what was left, of this draft alone, and clears it when it is saved', () => {
  const store = new Store();
  autosaveCopies<string>(() => store, 'draft-2', 'a').write('of another');
  for (const name of ['a', 'b']) autosaveCopies<string>(() => store, 'draft-1', name).write(name);
  const seen = ['c', 'd', 'e'].map((name) => {
    const copies = autosaveCopies<string>(() => store, 'draft-1', name);
    const left = copies.read();
    copies.write(undefined);
    return left;
  });
  expect(seen).toEqual(['a', 'b', undefined]);
});

it('keeps apart what a window took over from another that is still open', () => {
  const store = new Store();
  const [one, other] = ['one', 'other'].map((name) => autosaveCopies<string>(() => store, 'draft-1', name));
  one?.write('mine');
  expect(other?.read()).toBe('mine');
  one?.write('mine, and more');
  other?.write(undefined);
  expect(autosaveCopies<string>(() => store, 'draft-1', 'later').read()).toBe('mine, and more');
});

it('costs nothing but itself when the browser keeps nothing', () => {
  const copies = autosaveCopies<string>(
    () => {
      throw new Error('forbidden');
    },
    'draft-1',
    'a',
  );
  copies.write('text');
  expect(copies.read()).toBeUndefined();
});
