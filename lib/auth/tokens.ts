import { createHash, randomBytes } from 'node:crypto';
import { WorkspaceId } from '../ids';

/*
 * Tokens that are shown once and stored as their SHA-256: drawn at random (192 bits), so that no slow hash is needed, and
 * looked up by it, so that nothing is compared byte by byte. A prefix says what one is for; then comes its workspace.
 */

const prefixes = { 'api-key': 'ph_', invitation: 'phi_' } as const;
type Kind = keyof typeof prefixes;

const idBytes = 16;
const secretBytes = 24;

export function newToken(kind: Kind, workspaceId: WorkspaceId): string {
  const id = Buffer.from(workspaceId.replaceAll('-', ''), 'hex');
  return prefixes[kind] + Buffer.concat([id, randomBytes(secretBytes)]).toString('base64url');
}

/** Whose token it says it is; undefined for what cannot be one of this kind. */
export function workspaceOfToken(kind: Kind, token: string): WorkspaceId | undefined {
  const prefix = prefixes[kind];
  if (!token.startsWith(prefix)) return undefined;
  const encoded = token.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.length !== idBytes + secretBytes || bytes.toString('base64url') !== encoded) return undefined;
  const hex = bytes.toString('hex', 0, idBytes);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return WorkspaceId.safeParse(parts.join('-')).data;
}

/** A token without a workspace: for what hangs from a person alone. */
export const newSecret = (): string => randomBytes(secretBytes).toString('base64url');

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
