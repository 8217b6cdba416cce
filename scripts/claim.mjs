// Plain JavaScript: see processes.mjs.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isAlive } from './processes.mjs';

/**
 * Who holds a claim. `children` are the processes to look for when the holder was killed.
 * @typedef {import('./processes.mjs').ProcessIdentity} ProcessIdentity
 * @typedef {{ holder: ProcessIdentity, children: ProcessIdentity[], note: string }} Claim
 */

/** @param {string} file @returns {Claim | undefined} */
function readClaim(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} file @param {Claim} claim */
function writeAside(file, claim) {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(claim), { mode: 0o600 });
  return aside;
}

/**
 * Claims what `file` stands for, for this process, until it is released or the process is gone. A file and not a
 * system lock, because Node has none. Answers the claim, with what a killed holder may have left running, or the
 * claim of the process that holds it.
 * @param {string} file @param {string} note told to whoever comes second
 */
export function claim(file, note) {
  const holder = identify(process.pid);
  if (!holder) throw new Error('a process can see itself');
  /** @type {ProcessIdentity[]} */
  const leftovers = [];
  while (true) {
    const aside = writeAside(file, { holder, children: [], note });
    try {
      linkSync(aside, file); // fails when it exists: of two, one wins
      return {
        held: /** @type {const} */ (true),
        leftovers: leftovers.filter(isAlive),
        ...ours(file, holder, note),
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    } finally {
      rmSync(aside, { force: true });
    }
    const present = readClaim(file);
    if (present && isAlive(present.holder)) return { held: /** @type {const} */ (false), by: present };
    leftovers.push(...(present?.children ?? []));
    clearAway(file, present);
  }
}

/**
 * Takes a dead holder's file away. Renamed first: should another process have replaced it meanwhile, it goes back.
 * @param {string} file @param {Claim | undefined} dead
 */
function clearAway(file, dead) {
  const grave = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, grave);
    const buried = readClaim(grave);
    if (buried && buried.holder.pid !== dead?.holder.pid && isAlive(buried.holder)) linkSync(grave, file);
  } catch {
    // another process cleared it away
  } finally {
    rmSync(grave, { force: true });
  }
}

/** @param {string} file @param {ProcessIdentity} holder @param {string} note */
function ours(file, holder, note) {
  return {
    /** @param {ProcessIdentity[]} children */
    record(children) {
      renameSync(writeAside(file, { holder, children, note }), file);
    },
    release: () => rmSync(file, { force: true }),
  };
}
