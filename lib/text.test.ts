import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CampaignName } from './campaigns/draft-fields';
import { unsafeDatabase } from './db/client';
import { CleanJson, cleanText, singleLine } from './text';

const anyText = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '\0', '\ud83d', '\ude00', '\ufffd', 'é'),
});

describe('a text from outside', () => {
  it('keeps all that the database keeps', () => {
    expect(cleanText().parse(' a\tb\r\n\u0001é 😀 ')).toBe(' a\tb\r\n\u0001é 😀 ');
    expect(cleanText().parse('a\0b\ud83d')).toBe('ab\ufffd');
  });

  it('meets its limits after it was cleaned', () => {
    const name = cleanText().trim().min(1).max(2);
    expect(name.parse('\0a\0b\0')).toBe('ab');
    expect(name.safeParse(' \0 ').success).toBe(false);
  });

  it('is one line where one is wanted', () => {
    expect(singleLine(' a\r\n\0b\t c\ud83d ')).toBe('a b c\ufffd');
  });

  it('turns nothing round that stands behind it, and keeps letters that go from right to left', () => {
    expect(singleLine('photo \u202egnp.exe\u2066 \u2069')).toBe('photo gnp.exe');
    expect(singleLine('\u200fדוד\u200e')).toBe('\u200fדוד\u200e');
    expect(CampaignName.parse('May\u202e\n 2030 ')).toBe('May 2030');
  });

  it('can be kept, as text and as JSON, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.jsonValue(), async (raw, json) => {
        const text = cleanText().parse(raw);
        const document = JSON.stringify(CleanJson.parse({ [raw]: [raw, { json }] }));
        const [row] = await unsafeDatabase().execute(
          sql`select ${text}::text as text, ${document}::text::jsonb as document`,
        );
        expect(row?.text).toBe(text);
        expect(Object.keys(Object(row?.document))).toEqual([text]);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused, as a document, when it is nested beyond reason', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(CleanJson.parse(nested(100))).toEqual(nested(100));
    expect(CleanJson.safeParse(nested(100_000))).toMatchObject({
      success: false,
      error: { issues: [{ message: expect.stringContaining('nested too deeply') }] },
    });
  });
});
