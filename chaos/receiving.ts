import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Order, Status } from './protocol';

/** The receiving end, seen from the harness. */
export class Receiving {
  #status: Status = { port: 0, arrived: 0, held: 0, cut: 0 };
  #changed = Promise.withResolvers<void>();

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message) => {
      this.#status = Status.parse(message);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
  }

  /** Each message becomes a file in `directory`. */
  static async start(directory: string): Promise<Receiving> {
    const file = join(import.meta.dirname, 'receiver.ts');
    // A group of its own: Ctrl-C in the terminal is for us.
    const child = fork(file, [directory], { execArgv: ['--import', 'tsx'], detached: true });
    const receiving = new Receiving(child);
    await receiving.until((status) => status.port > 0);
    return receiving;
  }

  get status(): Status {
    return this.#status;
  }

  order(order: Order): void {
    this.child.send(order);
  }

  /** Answers false when `signal` aborts before it is so. */
  async until(isSo: (status: Status) => boolean, signal?: AbortSignal): Promise<boolean> {
    const aborted = new Promise<void>((resolve) =>
      signal?.addEventListener('abort', () => resolve(), { once: true }),
    );
    while (!isSo(this.#status)) {
      if (signal?.aborted) return false;
      await Promise.race([this.#changed.promise, aborted]);
    }
    return true;
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }
}
