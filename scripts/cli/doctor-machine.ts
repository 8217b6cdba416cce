import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '@/lib/env';
import { codeOf } from '../cannot-start';
import { freeMegabytes } from '../disk-space';
import { type Finding, fault, found } from './doctor-finding';

const oldestNode = '22.12';
/** Room for a few imports; at 64 MB the app itself says that there is none. */
const leastFreeMegabytes = 256;
const shortestSecret = 32;

export function examineNode(version = process.versions.node): Finding {
  return version.localeCompare(oldestNode, undefined, { numeric: true }) >= 0
    ? found('Node.js', version)
    : fault('Node.js', `${version} is too old`, 'Remove node_modules and start again, or install Node 24.');
}

export async function examineDirectory(directory: string): Promise<Finding[]> {
  try {
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return [
      codeOf(error) === 'ENOENT'
        ? fault(
            'DATA_DIR',
            `there is no ${directory}`,
            'Start Posthaste (npm start), which makes it, or correct DATA_DIR.',
          )
        : fault(
            'DATA_DIR',
            `${directory} may not be read and written by this user`,
            'Change its owner or rights, or run this as the user who runs Posthaste.',
          ),
    ];
  }
  const free = await freeMegabytes(directory);
  const space = `${free.toLocaleString('en')} MB free`;
  return [
    found('DATA_DIR', directory),
    free >= leastFreeMegabytes
      ? found('Disk', space)
      : fault(
          'Disk',
          `only ${space} in ${directory}`,
          'Free some space there, or move DATA_DIR to a larger disk.',
        ),
  ];
}

/** The secret as the app would read it, without making one. */
export async function examineSecret(env: Env): Promise<{ finding: Finding; value?: string }> {
  const check = 'APP_SECRET';
  if (env.APP_SECRET !== undefined)
    return { finding: found(check, 'from the environment'), value: env.APP_SECRET };
  const file = join(env.DATA_DIR, 'secret');
  const again =
    'Restore it from a backup: without it the settings of senders and old unsubscribe links are lost.';
  try {
    const value = (await readFile(file, 'utf8')).trim();
    const { mode } = await stat(file);
    if (value.length < shortestSecret) return { finding: fault(check, `${file} is damaged`, again) };
    if ((mode & 0o077) !== 0)
      return { finding: fault(check, `${file} can be read by other users`, `Run: chmod 600 ${file}`), value };
    return { finding: found(check, file), value };
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      return {
        finding: fault(
          check,
          `there is no ${file}`,
          `Start Posthaste (npm start) if it is new here. ${again}`,
        ),
      };
    return {
      finding: fault(
        check,
        `${file} cannot be read`,
        'Run this as the user who runs Posthaste, or change its owner.',
      ),
    };
  }
}
