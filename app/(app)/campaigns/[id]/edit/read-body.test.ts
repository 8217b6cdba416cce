import { describe, expect, it } from 'vitest';
import { DraftSave } from './draft-input';
import { readBody } from './read-body';

const request = (body: BodyInit) =>
  new Request('http://localhost/draft', { method: 'POST', body, duplex: 'half' } as RequestInit);

const save = (changes: unknown) => readBody(request(JSON.stringify({ revision: 1, changes })), DraftSave);

describe('what the composer saves', () => {
  it('holds nothing that the database refuses, also deep in a document', async () => {
    const document = { type: 'doc\0', content: [{ 'te\0xt': 'a\0b\ud83d', level: 2, marks: null }] };
    const changes = {
      name: ' \0Autumn',
      subject: 'a\0',
      content: { format: 'visual', document, html: '\0' },
    };
    expect(await save(changes)).toEqual({
      ok: true,
      value: {
        revision: 1,
        changes: {
          name: 'Autumn',
          subject: 'a',
          content: {
            format: 'visual',
            document: { type: 'doc', content: [{ text: 'ab\ufffd', level: 2, marks: null }] },
            html: '',
          },
        },
      },
    });
  });

  it('says at the body what is wrong with the content', async () => {
    const nested = '['.repeat(100_000) + ']'.repeat(100_000);
    const content = `{"format":"visual","document":${nested},"html":""}`;
    const deep = request(`{"revision":1,"changes":{"content":${content}}}`);
    expect(await readBody(deep, DraftSave)).toMatchObject({
      ok: false,
      problem: { code: 'invalid', fields: { body: expect.stringContaining('nested too deeply') } },
    });
    expect(await readBody(request('{'), DraftSave)).toMatchObject({
      ok: false,
      problem: { code: 'invalid' },
    });
  });

  it('is not read for ever when it is too large', async () => {
    let pieces = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pieces += 1;
        controller.enqueue(new Uint8Array(1_000_000).fill(0x20));
      },
    });
    expect(await readBody(request(endless), DraftSave)).toMatchObject({
      ok: false,
      problem: { code: 'too_large', message: expect.stringContaining('larger than 4 MB') },
    });
    expect(pieces).toBeLessThan(100);
    const large = { format: 'visual', document: 'x'.repeat(3_900_000), html: '' };
    expect(await save({ content: large })).toMatchObject({ ok: true });
  });
});
