import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CannotStart, directoryProblem } from './cannot-start';
import { claim } from './claim.mjs';

/** Makes the directory, open to its owner alone, and tries that it can be written. */
export async function openDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const probe = join(directory, `.probe-${process.pid}`);
    await writeFile(probe, Buffer.alloc(64 * 1024));
    await rm(probe);
  } catch (error) {
    throw directoryProblem(directory, error);
  }
}

/** What the claim of a command says, so that it is told from the app's. */
const ofCommand = 'a command (npm run cli)';
const patienceMs = 120_000;

type Turn = Extract<ReturnType<typeof claim>, { held: true }>;

/**
 * Takes the directory for this start, so that no second one works on the same data. A command that is at work there is
 * waited for.
 */
export async function claimDataDirectory(directory: string, address: string): Promise<Turn> {
  const turn = await claimAfterCommands(directory, address);
  if (turn.held) return turn;
  throw new CannotStart(
    `Posthaste already runs with DATA_DIR ${directory}: ${turn.by.note} (process ${turn.by.holder.pid}). For a second copy set another DATA_DIR and PORT.`,
  );
}

/** Takes the directory for a command. Undefined: the app runs on it. */
export async function claimForCommand(directory: string): Promise<Turn | undefined> {
  const turn = await claimAfterCommands(directory, ofCommand);
  if (turn.held) return turn;
  if (turn.by.note !== ofCommand) return undefined;
  throw new CannotStart(
    `Another command is at work with DATA_DIR ${directory} (process ${turn.by.holder.pid}). Wait until it is done, or end it, and try again.`,
  );
}

async function claimAfterCommands(directory: string, note: string): Promise<ReturnType<typeof claim>> {
  const deadline = Date.now() + patienceMs;
  while (true) {
    const turn = claim(join(directory, 'running.json'), note);
    if (turn.held || turn.by.note !== ofCommand || Date.now() >= deadline) return turn;
    await delay(100);
  }
}

export const hasSecret = (directory: string): boolean => existsSync(join(directory, 'secret'));

/** The secret from which all keys are derived: made once, readable by the owner alone. */
export async function keptSecret(directory: string): Promise<string> {
  const file = join(directory, 'secret');
  if (!hasSecret(directory)) {
    const unfinished = `${file}.unfinished`;
    await rm(unfinished, { force: true });
    await writeFile(unfinished, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    await rename(unfinished, file);
  }
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length >= 32) return secret;
  throw new CannotStart(
    `${file} is damaged: it should hold at least 32 characters. Restore it from a backup; without it stored passwords of senders cannot be read. Or remove it to have a new one made.`,
  );
}
