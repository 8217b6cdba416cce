import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { claim } from '../claim.mjs';
import { end } from '../processes.mjs';
import { build, isBuilt } from './build.mjs';
import { checkHostNode, install, isInstalled, packageNode } from './install.mjs';
import { say } from './stop.mjs';

/**
 * Everything that has to be there before the product runs: dependencies and, unless told otherwise, the build. What is
 * there already is not done again. Answers the Node to use from here on.
 * @param {string} root @param {{ built: boolean, quiet?: boolean }} wanted `quiet`: says nothing where nothing is to do
 */
export async function prepare(root, wanted) {
  checkHostNode();
  const isReady = () => isInstalled(root) && (!wanted.built || isBuilt(root));
  if (!isReady()) await inTurn(root, (onStart) => prepareAlone(root, wanted, onStart), isReady);
  const node = packageNode(root);
  if (wanted.quiet) return node;
  say(
    `Dependencies and ${wanted.built ? 'build' : 'tools'}: ready, on Node ${node === process.execPath ? process.versions.node : 'of the package'}.`,
  );
  return node;
}

/**
 * @param {string} root @param {{ built: boolean }} wanted
 * @param {(child: import('../processes.mjs').ProcessIdentity) => void} onStart
 */
async function prepareAlone(root, wanted, onStart) {
  if (!isInstalled(root)) await install(root, onStart);
  if (wanted.built && !isBuilt(root)) await build(root, packageNode(root), onStart);
}

/**
 * Two starts of the same directory must not install or build over each other: the second waits for the first.
 * @param {string} root
 * @param {(onStart: (child: import('../processes.mjs').ProcessIdentity) => void) => Promise<void>} work
 * @param {() => boolean} isReady
 */
async function inTurn(root, work, isReady) {
  const directory = join(root, 'dist');
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true });
  let told = false;
  while (!isReady()) {
    const turn = claim(join(directory, 'preparing.json'), 'preparing');
    if (!turn.held) {
      if (!told) say('Another start is preparing this directory: waiting for it …');
      told = true;
      await delay(300);
      continue;
    }
    try {
      for (const leftover of turn.leftovers) await end(leftover, 'SIGTERM', 5000);
      await work((child) => turn.record([child]));
    } finally {
      turn.release();
    }
  }
}
