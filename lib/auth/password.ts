import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';

/** A password that somebody chooses. What one signs in with is not held to this: it may be older. */
export const NewPassword = z
  .string()
  .min(10, 'Use at least 10 characters.')
  .max(1000, 'Use at most 1,000 characters.');

/** OWASP's argon2id parameters (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane. argon2id is the default. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, options);

let decoy: Promise<string> | undefined;

/** With no hash to compare (an unknown user) it does the same work and answers no, so that time tells nothing. */
export async function verifyPassword(storedHash: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(storedHash ?? (await decoy), password, options);
  return storedHash !== undefined && matches;
}
