import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { mintSystemScope } from '../auth/scope';
import { env } from '../env';
import { newId, WorkspaceId } from '../ids';
import { maxImageBytes, storeImage, unsafeReadImage } from './images';

const signatures = {
  png: Buffer.from('89504e470d0a1a0a0000000d', 'hex'),
  jpg: Buffer.from('ffd8ffe000104a4649460001', 'hex'),
  gif: Buffer.from('GIF89a\u0001\u0000\u0001\u0000\u0000\u0000', 'latin1'),
  webp: Buffer.from('RIFF\u0010\u0000\u0000\u0000WEBPVP8 ', 'latin1'),
};
const scope = mintSystemScope(newId(WorkspaceId));
const folder = () => join(env().DATA_DIR, 'images', scope.workspaceId);
const files = async () => (existsSync(folder()) ? (await readdir(folder())).sort() : []);

async function* inChunks(content: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}
const store = (content: Uint8Array, size?: number) => storeImage(scope, inChunks(content, size));

afterEach(() => rm(join(env().DATA_DIR, 'images'), { recursive: true, force: true }));

describe('an upload', () => {
  it.each(Object.entries(signatures))(
    'of %s is kept by its content and read again',
    async (kind, content) => {
      const stored = await store(content);
      if (!stored.ok) throw new Error(stored.problem.message);
      const name = `${createHash('sha256').update(content).digest('hex')}.${kind}`;
      expect(stored.value).toEqual({
        url: `http://localhost:3000/i/${scope.workspaceId}/${name}`,
        bytes: content.length,
      });
      expect(await files()).toEqual([name]);
      const image = await unsafeReadImage(scope.workspaceId, name);
      expect(image?.content.equals(content)).toBe(true);
      expect(image?.contentType).toBe(kind === 'jpg' ? 'image/jpeg' : `image/${kind}`);
    },
  );

  it('of the same picture twice is one file', async () => {
    expect(await store(signatures.png)).toEqual(await store(signatures.png));
    expect(await files()).toHaveLength(1);
  });

  it.each([
    ['text that calls itself a picture', Buffer.from('hello, I am cat.png')],
    ['SVG, which can hold scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['half a signature', signatures.png.subarray(0, 7)],
    ['RIFF that is no WebP', Buffer.from('RIFF\u0010\u0000\u0000\u0000WAVEfmt ', 'latin1')],
    ['nothing', Buffer.alloc(0)],
  ])('of %s is refused, and nothing stays behind', async (_, content) => {
    const stored = await store(content);
    expect(stored.ok ? undefined : stored.problem).toEqual({
      code: 'invalid',
      message: expect.stringContaining('PNG, JPEG, GIF or WebP'),
    });
    expect(await files()).toEqual([]);
  });

  it('may have 5 MB and not a byte more, and is not read on behind that', async () => {
    const most = Buffer.concat([signatures.png, Buffer.alloc(maxImageBytes - signatures.png.length)]);
    expect((await store(most, 65_536)).ok).toBe(true);
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield signatures.gif;
      for (;;) {
        read += 65_536;
        yield Buffer.alloc(65_536);
      }
    }
    const refused = await storeImage(scope, endless());
    expect(refused.ok ? undefined : refused.problem.code).toBe('too_large');
    expect(read).toBeLessThan(maxImageBytes + 2 * 65_536);
    const tooMuch = await store(Buffer.concat([most, Buffer.alloc(1)]), 65_536);
    expect(tooMuch.ok ? undefined : tooMuch.problem.message).toContain('larger than 5 MB');
    expect(await files()).toHaveLength(1);
  });

  it('that breaks off leaves nothing', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield signatures.png;
      throw new Error('the connection was lost');
    }
    await expect(storeImage(scope, broken())).rejects.toThrow('lost');
    expect(await files()).toEqual([]);
  });

  it('that cannot be written is told with what to do', async () => {
    await writeFile(join(env().DATA_DIR, 'images'), 'a file in the way');
    const stored = await store(signatures.png);
    expect(stored.ok ? undefined : stored.problem).toEqual({
      code: 'unavailable',
      message: expect.stringContaining('a file stands where the folder'),
    });
    await rm(join(env().DATA_DIR, 'images'));
    if (process.getuid?.() === 0) return;
    await mkdir(folder(), { recursive: true });
    await chmod(folder(), 0o500);
    const refused = await store(signatures.png);
    expect(refused.ok ? undefined : refused.problem.message).toContain('cannot be written to');
    await chmod(folder(), 0o700);
  });
});

describe('an address', () => {
  it.each([
    '../../secret',
    '..%2f..%2fsecret',
    'secret',
    `${'a'.repeat(64)}.svg`,
    `${'a'.repeat(64)}.png/..`,
    `${'A'.repeat(64)}.png`,
    `${'a'.repeat(64)}.png\u0000`,
    '',
    `${'a'.repeat(64)}.png`,
  ])('%j leads to no file', async (name) => {
    await mkdir(folder(), { recursive: true });
    await writeFile(join(env().DATA_DIR, 'secret'), 'secret');
    expect(await unsafeReadImage(scope.workspaceId, name)).toBeUndefined();
  });

  it('of another workspace leads to no file', async () => {
    const stored = await store(signatures.png);
    const name = stored.ok ? (stored.value.url.split('/').at(-1) ?? '') : '';
    for (const workspace of [newId(WorkspaceId), '..', '.', `${scope.workspaceId}/../${scope.workspaceId}`])
      expect(await unsafeReadImage(workspace, name)).toBeUndefined();
    expect(await unsafeReadImage(scope.workspaceId, name)).toBeDefined();
  });
});
