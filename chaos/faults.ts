import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './database';
import type { Fault, PlannedFault } from './plan';
import type { Receiving } from './receiving';
import type { Workers } from './workers';

/** Something that happened: seconds since the campaign was sent, messages that had arrived by then, and what. */
export type ChaosEvent = { at: number; arrived: number; what: string };
export type Note = (what: string) => void;

type World = { workers: Workers; receiving: Receiving; database: Database; note: Note };

/** At most so long the server keeps its answers back, so that what waits behind them comes in time for its permit. */
const longestHoldMs = 400;

/** Lets the faults strike one after the other, until `over` aborts. Answers those that did, when the last has passed. */
export async function strike(faults: PlannedFault[], world: World, over: AbortSignal): Promise<Fault[]> {
  const struck: Fault[] = [];
  const lasting: Promise<void>[] = [];
  for (const fault of faults) {
    const inTime = await world.receiving.until(({ arrived }) => arrived >= fault.after, over);
    if (!inTime) break;
    await delay(fault.delayMs);
    if (over.aborted) break;
    if (fault.kind === 'sleep') lasting.push(sleep(fault, world));
    else await perform(fault, world);
    struck.push(fault);
  }
  await Promise.all(lasting);
  return struck;
}

async function sleep({ slot, seconds }: Fault & { kind: 'sleep' }, { workers, note }: World): Promise<void> {
  const { name, wake } = workers.sleep(slot);
  note(`${name} is put to sleep for ${seconds} s`);
  await delay(seconds * 1000);
  wake();
  note(`${name} wakes up`);
}

async function perform(fault: Exclude<Fault, { kind: 'sleep' }>, world: World): Promise<void> {
  const { workers, receiving, database, note } = world;
  switch (fault.kind) {
    case 'kill':
      if (fault.unanswered) return killUnanswered(fault.slot, world);
      return note(`killed ${workers.kill(fault.slot)}`);
    case 'drop':
      receiving.order({ drop: fault.at, connections: fault.connections });
      return note(`the server drops ${fault.connections} connections at the ${fault.at}`);
    case 'disconnect':
      return note(`${await database.disconnect(fault.all)} database connections are ended`);
    case 'database':
      note('PostgreSQL is restarted immediately');
      await database.crash();
      return note('PostgreSQL is back');
  }
}

/** Kills a worker while the server has the body of some message, of this worker or another, and has not said so. */
async function killUnanswered(slot: number, { workers, receiving, note }: World): Promise<void> {
  receiving.order({ hold: true });
  const timeout = AbortSignal.timeout(longestHoldMs);
  await receiving.until(({ held }) => held >= 2 * workers.count, timeout);
  const { held } = receiving.status;
  const name = workers.kill(slot);
  receiving.order({ hold: false });
  note(`killed ${name}, while ${held} messages waited for an answer`);
}
