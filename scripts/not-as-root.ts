import { execFileSync } from 'node:child_process';
import { chmod, chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CannotStart, codeOf } from './cannot-start';
import type { PostgresProgram } from './postgres-binaries';

/** A user namespace in which root's own number is nobody's needs no other account and no change of owners. */
const namespace = ['--user', '--map-user=65534', '--map-group=65534', '--'];

const nobody = { uid: 65_534, gid: 65_534 };

type Means = {
  whyNot: (program: PostgresProgram) => Error | undefined;
  /** Where the packaged PostgreSQL is. */
  home: string;
  needsServer: string;
};

/**
 * PostgreSQL refuses to run as root. In a namespace it does not know that it is root; where the system forbids
 * namespaces, as most containers do, the owner of the directory runs it, and nobody becomes the owner of root's.
 */
export async function belowRoot(
  plain: PostgresProgram,
  directory: string,
  { whyNot, home, needsServer }: Means,
): Promise<PostgresProgram> {
  const { uid, gid } = await stat(directory);
  const inNamespace: PostgresProgram = (name, args) => {
    const inside = plain(name, args);
    return { command: 'unshare', args: [...namespace, inside.command, ...inside.args] };
  };
  if (uid === 0 && !whyNot(inNamespace)) return inNamespace;
  const user = uid === 0 ? nobody : { uid, gid };
  const asUser: PostgresProgram = (name, args) => ({ ...plain(name, args), user });
  const problem = whyNot(asUser);
  if (problem)
    throw new CannotStart(
      codeOf(problem) === 'EACCES'
        ? `PostgreSQL does not run as root, and another user cannot reach ${home}. Start as the user who owns this directory, or ${needsServer}`
        : `PostgreSQL does not run as root, and this system lets root use neither a user namespace nor another user's number. Start as an ordinary user, or ${needsServer}`,
    );
  await handOver(directory, user, needsServer);
  return asUser;
}

async function handOver(directory: string, user: typeof nobody, needsServer: string): Promise<void> {
  execFileSync('chown', ['-Rh', `${user.uid}:${user.gid}`, directory]);
  const parent = dirname(directory);
  const { uid, mode } = await stat(parent);
  if (uid === 0 && (mode & 0o001) === 0) {
    // DATA_DIR stays root's, closed to all others: the server may walk through it and no more.
    await chown(parent, 0, user.gid);
    await chmod(parent, (mode & 0o7777) | 0o010);
  }
  try {
    execFileSync('test', ['-x', directory], user);
  } catch {
    throw new CannotStart(
      `PostgreSQL does not run as root, and another user cannot reach DATA_DIR ${parent}. Set DATA_DIR to a directory below one that is open to all, e.g. /var/lib/posthaste, start as an ordinary user, or ${needsServer}`,
    );
  }
}
