import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Claims } from '@/lib/deliveries/claim';
import { Handovers } from '@/lib/deliveries/handovers';
import { SmtpPool } from '@/lib/providers/smtp-pool';
import { type Failpoint, goOnFile, reachedFile } from './failpoints';

/*
 * The worker as it is, except that it halts where FAILPOINT says when it first comes there: it says so with a file and
 * stands still as a whole, heartbeats too, until another file lets it go on. Without FAILPOINT it never does.
 */

const { FAILPOINT: failpoint, FAILPOINT_DIRECTORY: directory = '.' } = process.env;
/* oxlint-disable typescript/unbound-method -- each is called below with the object it belongs to */
const cell = new Int32Array(new SharedArrayBuffer(4));

function halt(here: Failpoint): void {
  const reached = join(directory, reachedFile);
  if (here !== failpoint || existsSync(reached)) return;
  writeFileSync(reached, '');
  while (!existsSync(join(directory, goOnFile))) Atomics.wait(cell, 0, 0, 20);
}

const { begin } = Claims.prototype;
Claims.prototype.begin = function (this: Claims) {
  halt('before the claim');
  return begin.call(this);
};

const { takeLane, write, freeLane } = Handovers.prototype;
Handovers.prototype.takeLane = function (this: Handovers) {
  halt('after the claim');
  return takeLane.call(this);
};
Handovers.prototype.write = async function (this: Handovers, ...handover) {
  const written = await write.apply(this, handover);
  halt('after the hand-over was written down');
  return written;
};
Handovers.prototype.freeLane = function (this: Handovers, lane) {
  halt('after the settlement');
  freeLane.call(this, lane);
};

const { send } = SmtpPool.prototype;
SmtpPool.prototype.send = async function (this: SmtpPool, ...batch) {
  halt('before the call');
  const results = await send.apply(this, batch);
  halt('after the call');
  return results;
};

await import('@/worker/main');
