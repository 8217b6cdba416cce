import type { Problem, Result } from '@/lib/errors';

export type SaveState =
  | { kind: 'saved' }
  | { kind: 'waiting' }
  | { kind: 'saving' }
  | { kind: 'failed'; message: string; fields: Record<string, string>; retrying: boolean }
  | { kind: 'conflict'; message: string };

export type Kept<Draft> = { revision: number; open: boolean; draft: Draft };

export type AutosaveDoor<Draft> = {
  /** `leaving`: the page is going away, and the request must outlive it. */
  save(revision: number, changes: Partial<Draft>, leaving: boolean): Promise<Result<{ revision: number }>>;
  /** The draft as the server keeps it. */
  read(): Promise<Result<Kept<Draft>>>;
  /** Remembers in this browser what the server does not have yet; undefined: nothing. */
  remember(copy: { revision: number; changes: Partial<Draft> } | undefined): void;
  /** What was remembered on an earlier visit. */
  recall(): { revision: number; changes: Partial<Draft> } | undefined;
  /** Changes of an earlier visit come back onto the screen. */
  onRecall(changes: Partial<Draft>): void;
  onState(state: SaveState): void;
  setTimer(run: () => void, ms: number): () => void;
};

const pauseMs = 800;
const retryMs = [2_000, 4_000, 8_000, 15_000, 30_000];
const healsItself = new Set<Problem['code']>(['unavailable', 'rate_limited', 'unauthenticated']);

/** The same value, whatever the order of an object's keys: the database keeps no order. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && sameValue(value, right.get(key)))
  );
}

/**
 * Saves a draft while it is written: a little after the last change, one save at a time, each naming the revision it
 * builds on. What could not be saved is tried again and kept in the browser; what somebody else saved is never overwritten.
 */
export class Autosave<Draft extends object> {
  private pending: Partial<Draft> = {};
  private sending: Partial<Draft> = {};
  private running: Promise<void> | undefined;
  private cancelTimer: () => void = () => undefined;
  private failures = 0;
  private inConflict = false;

  constructor(
    private revision: number,
    /** What the server has, as far as this window knows. */
    private known: Draft,
    private readonly door: AutosaveDoor<Draft>,
  ) {}

  change(changes: Partial<Draft>): void {
    this.pending = { ...this.pending, ...changes };
    if (this.inConflict) {
      this.remember();
      return;
    }
    this.door.onState({ kind: 'waiting' });
    this.schedule(pauseMs);
  }

  /** Saves at once; true when the server has everything. */
  async flush(): Promise<boolean> {
    this.cancelTimer();
    while (this.hasUnsaved && !this.inConflict) {
      const before = this.failures;
      await this.run();
      if (this.failures > before) break;
    }
    return !this.hasUnsaved;
  }

  /** The page is going away: keeps a copy here, and sends what a parting request may carry. */
  leave(): void {
    this.cancelTimer();
    if (!this.hasUnsaved) return;
    this.remember();
    if (this.inConflict || this.running) return;
    void this.door.save(this.revision, this.pending, true).catch(() => undefined);
  }

  /** Brings back what the server never got on an earlier visit. It is a conflict when the draft has moved on since. */
  recall(): void {
    const copy = this.door.recall();
    if (!copy) return;
    this.door.onRecall(copy.changes);
    if (copy.revision === this.revision) {
      this.change(copy.changes);
      return;
    }
    this.pending = { ...copy.changes, ...this.pending };
    void this.settle(
      'This browser keeps changes from an earlier visit that were not saved, and the draft was changed elsewhere since.',
    );
  }

  /** A person decided that what is on this screen wins: all of it, so that the two versions do not mix. */
  async keepMine(draft: Draft): Promise<boolean> {
    const kept = await this.door.read();
    if (!kept.ok) {
      this.door.onState({ kind: 'conflict', message: kept.problem.message });
      return false;
    }
    this.revision = kept.value.revision;
    this.known = kept.value.draft;
    this.pending = { ...draft };
    this.inConflict = false;
    return this.flush();
  }

  /** A person decided that the server's version wins. */
  discardMine(): void {
    this.pending = {};
    this.door.remember(undefined);
  }

  private get hasUnsaved(): boolean {
    return Object.keys(this.pending).length > 0 || Object.keys(this.sending).length > 0;
  }

  private remember(): void {
    const changes = { ...this.sending, ...this.pending };
    this.door.remember(this.hasUnsaved ? { revision: this.revision, changes } : undefined);
  }

  private schedule(ms: number): void {
    this.cancelTimer();
    this.cancelTimer = this.door.setTimer(() => void this.run(), ms);
  }

  private run(): Promise<void> {
    this.running ??= this.saveOnce().finally(() => {
      this.running = undefined;
      if (this.failures === 0 && !this.inConflict && this.hasUnsaved) this.schedule(pauseMs);
    });
    return this.running;
  }

  private async saveOnce(): Promise<void> {
    if (!this.hasUnsaved || this.inConflict) return;
    this.sending = this.pending;
    this.pending = {};
    this.door.onState({ kind: 'saving' });
    const answer = await this.door.save(this.revision, this.sending, false);
    if (answer.ok) return this.saved(answer.value.revision);
    if (answer.problem.code === 'conflict' && (await this.wasOurs())) return;
    this.pending = { ...this.sending, ...this.pending };
    this.sending = {};
    if (answer.problem.code === 'conflict') this.conflict(answer.problem.message);
    else this.failed(answer.problem);
  }

  private saved(revision: number): void {
    this.revision = revision;
    this.known = { ...this.known, ...this.sending };
    this.sending = {};
    this.failures = 0;
    this.door.remember(undefined);
    this.door.onState(this.hasUnsaved ? { kind: 'waiting' } : { kind: 'saved' });
  }

  /** A parting request may have arrived without an answer: then there is nothing to ask. */
  private async settle(message: string): Promise<void> {
    this.inConflict = true;
    this.sending = this.pending;
    this.pending = {};
    const arrived = await this.wasOurs();
    this.inConflict = !arrived;
    if (arrived) {
      if (this.hasUnsaved) this.schedule(pauseMs);
      return;
    }
    this.pending = { ...this.sending, ...this.pending };
    this.sending = {};
    this.conflict(message);
  }

  /**
   * An answer that got lost leaves a save behind that looks like somebody else's. It is ours only if nothing else has changed
   * either: what others changed does not stand on this screen, and would be overwritten by the next save.
   */
  private async wasOurs(): Promise<boolean> {
    const kept = await this.door.read();
    if (!kept.ok || !kept.value.open) return false;
    const { draft, revision } = kept.value;
    if (!sameValue(draft, { ...this.known, ...this.sending })) return false;
    this.saved(revision);
    return true;
  }

  private conflict(message: string): void {
    this.inConflict = true;
    this.cancelTimer();
    this.remember();
    this.door.onState({ kind: 'conflict', message });
  }

  private failed({ code, message, fields = {} }: Problem): void {
    const retrying = healsItself.has(code);
    this.remember();
    if (retrying) this.schedule(retryMs[Math.min(this.failures, retryMs.length - 1)] ?? pauseMs);
    this.failures++;
    this.door.onState({ kind: 'failed', message, fields, retrying });
  }
}
