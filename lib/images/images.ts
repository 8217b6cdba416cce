import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../auth/scope';
import { env } from '../env';
import { fail, ok, type Problem, type Result } from '../errors';
import { WorkspaceId } from '../ids';
import { type ImageKind, imageKinds, recogniseImage, signatureBytes } from './image-kind';

export const maxImageBytes = 5 * 1024 * 1024;

export type StoredImage = { url: string; bytes: number };

const folderOf = (workspaceId: string) => join(env().DATA_DIR, 'images', workspaceId);

const diskProblems: Record<string, string> = {
  ENOSPC: 'the disk of the server is full. Free some space, then upload it again',
  EDQUOT: 'the disk of the server is full. Free some space, then upload it again',
  EROFS: 'the folder DATA_DIR cannot be written to. Make it writable, then upload it again',
  EACCES: 'the folder DATA_DIR cannot be written to. Make it writable, then upload it again',
  EPERM: 'the folder DATA_DIR cannot be written to. Make it writable, then upload it again',
  ENOTDIR: 'a file stands where the folder DATA_DIR/images should be. Remove it, then upload the image again',
  EEXIST: 'a file stands where the folder DATA_DIR/images should be. Remove it, then upload the image again',
};

function diskProblem(error: unknown): { ok: false; problem: Problem } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = diskProblems[code];
  if (why === undefined) throw error;
  return fail('unavailable', `The image was not saved: ${why}.`);
}

type Received = { kind: ImageKind; hash: string; bytes: number };

const tooLarge = () =>
  fail(
    'too_large',
    'This image is larger than 5 MB. Make it smaller, e.g. 1,200 pixels wide, and try again.',
  );
const noImage = () =>
  fail('invalid', 'This file is not a PNG, JPEG, GIF or WebP image. Save it as one of these and try again.');

/** Writes as it reads, and stops at the first byte too many. */
async function receive(body: AsyncIterable<Uint8Array>, file: FileHandle): Promise<Result<Received>> {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxImageBytes) return tooLarge();
    if (head.length < signatureBytes) {
      head = Buffer.concat([head, chunk]).subarray(0, signatureBytes);
      if (head.length >= signatureBytes && !recogniseImage(head)) return noImage();
    }
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  const kind = recogniseImage(head);
  if (!kind) return noImage();
  await file.sync();
  return ok({ kind, hash: hash.digest('hex'), bytes });
}

async function receiveFile(body: AsyncIterable<Uint8Array>, path: string): Promise<Result<Received>> {
  const file = await open(path, 'wx', 0o644);
  try {
    return await receive(body, file);
  } finally {
    await file.close();
  }
}

/**
 * Keeps an image of at most 5 MB under DATA_DIR, named by its content: the same image twice is one file, and a file never
 * changes. Nothing half-written is ever visible or stays behind.
 */
export async function storeImage(
  scope: Scope,
  body: AsyncIterable<Uint8Array>,
): Promise<Result<StoredImage>> {
  const folder = folderOf(scope.workspaceId);
  const temporary = join(folder, `.${randomUUID()}.part`);
  try {
    await mkdir(folder, { recursive: true });
    const received = await receiveFile(body, temporary);
    if (!received.ok) return received;
    const { hash, kind, bytes } = received.value;
    await rename(temporary, join(folder, `${hash}.${kind}`));
    return ok({ url: `${env().APP_URL}/i/${scope.workspaceId}/${hash}.${kind}`, bytes });
  } catch (error) {
    return diskProblem(error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

export type ServedImage = { content: Buffer<ArrayBuffer>; contentType: string };

const fileName = /^[0-9a-f]{64}\.(png|jpg|gif|webp)$/;
const isKind = (name: string | undefined): name is ImageKind => name !== undefined && name in imageKinds;

/**
 * Reads an image for whoever has its address: mail programs sign in nowhere, and the name cannot be guessed. Undefined:
 * there is none.
 */
export async function unsafeReadImage(workspaceId: string, name: string): Promise<ServedImage | undefined> {
  const kind = fileName.exec(name)?.[1];
  const workspace = WorkspaceId.safeParse(workspaceId);
  if (!isKind(kind) || !workspace.success) return undefined;
  try {
    const content = await readFile(join(folderOf(workspace.data), name));
    return { content, contentType: imageKinds[kind] };
  } catch {
    return undefined;
  }
}
