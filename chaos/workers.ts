import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { untilReady, type WorkerBundle } from '@/scripts/worker-process';

/** A worker that ends by itself is started again after this, as the product does. */
const restartMs = 500;
/** As long as a stopping worker is given by the product. */
const drainMs = 20_000;

type Worker = { child: ChildProcess; name: string; asleep: boolean };

/** A number of worker processes; whoever dies is replaced at once. */
export class Workers {
  readonly #workers: Worker[] = [];
  #started = 0;
  #stopping = false;

  /** `onSurprise` hears of workers that ended though nobody ended them. */
  constructor(
    private readonly bundle: WorkerBundle,
    private readonly logs: string,
    private readonly onSurprise: (what: string) => void,
  ) {}

  async start(count: number): Promise<void> {
    for (let slot = 0; slot < count; slot++) this.#fill(slot);
    await Promise.all(this.#workers.map(({ child }) => untilReady(child)));
  }

  get count(): number {
    return this.#workers.length;
  }

  /** The worker in that slot or, as long as it is asleep, in the next. */
  #awake(slot: number): Worker {
    const from = [...this.#workers.slice(slot), ...this.#workers.slice(0, slot)];
    const worker = from.find(({ asleep }) => !asleep) ?? from[0];
    if (!worker) throw new Error('there are no workers');
    return worker;
  }

  /** Answers the name of the killed one. */
  kill(slot: number): string {
    const worker = this.#awake(slot);
    const at = this.#workers.indexOf(worker);
    worker.child.removeAllListeners('exit');
    worker.child.kill('SIGKILL');
    this.#fill(at);
    return worker.name;
  }

  /** Stops the process where it is. Answers its name, and how to let it go on. */
  sleep(slot: number): { name: string; wake: () => void } {
    const worker = this.#awake(slot);
    worker.asleep = true;
    worker.child.kill('SIGSTOP');
    const wake = () => {
      worker.asleep = false;
      worker.child.kill('SIGCONT');
    };
    return { name: worker.name, wake };
  }

  /** Lets all end what they have under way. Answers false if one had to be killed. */
  async drain(): Promise<boolean> {
    this.#stopping = true;
    const inTime = await Promise.all(
      this.#workers.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return true;
        const ended = once(child, 'exit');
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        const late = new AbortController();
        const isInTime = await Promise.race([
          ended.then(() => true),
          delay(drainMs, false, late).catch(() => true),
        ]);
        late.abort();
        if (!isInTime) child.kill('SIGKILL');
        return isInTime;
      }),
    );
    return inTime.every(Boolean);
  }

  /** Ends all of them at once. */
  killAll(): void {
    this.#stopping = true;
    for (const { child } of this.#workers) child.kill('SIGKILL');
  }

  #fill(slot: number): void {
    const name = `worker ${++this.#started}`;
    const output = openSync(join(this.logs, `${name.replace(' ', '-')}.log`), 'a');
    const child = this.bundle.start({
      env: { LOG_LEVEL: 'warn' },
      stdio: ['ignore', output, output, 'ipc'],
      detached: true, // Ctrl-C in the terminal is for us
    });
    closeSync(output);
    const worker: Worker = { child, name, asleep: false };
    child.once('exit', (code, signal) => void this.#surprise(worker, code ?? signal));
    this.#workers[slot] = worker;
  }

  async #surprise(worker: Worker, how: unknown): Promise<void> {
    if (this.#stopping) return;
    this.onSurprise(`${worker.name} ended by itself (${String(how)})`);
    await delay(restartMs);
    const slot = this.#workers.indexOf(worker);
    if (!this.#stopping && slot >= 0) this.#fill(slot);
  }
}
