import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SmtpError } from './smtp-errors';
import { readExtensions, SmtpWire } from './smtp-wire';

class Line extends Duplex {
  override _read(): void {}
  override _write(_: unknown, __: unknown, done: () => void): void {
    done();
  }
}

function wired() {
  const line = new Line();
  const closed: SmtpError[] = [];
  const wire: SmtpWire = new SmtpWire(line, readExtensions(''), (why) => {
    closed.push(why);
    wire.lose(why);
  });
  return { line, wire, closed };
}

describe('replies', () => {
  it('are the same however the network cuts them', async () => {
    const said = '250-one\r\n250 two\r\n\r\n550-5.1.1 Gru\u00df\r\n550 5.1.1 no\n354 go\r\n';
    const bytes = Buffer.from(said);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const { line, wire } = wired();
        const replies = [wire.reply(), wire.reply(), wire.reply()];
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), bytes.length]) {
          if (to > from) line.emit('data', bytes.subarray(from, to));
          from = to;
        }
        expect(await Promise.all(replies)).toEqual([
          { code: 250, text: '250-one\n250 two' },
          { code: 550, text: '550-5.1.1 Gruß\n550 5.1.1 no' },
          { code: 354, text: '354 go' },
        ]);
      }),
    );
  });

  it('that nobody asked for end the session', () => {
    const { line, wire, closed } = wired();
    line.emit('data', Buffer.from('421 4.4.2 idle for too long\r\n'));
    expect(closed).toHaveLength(1);
    expect(wire.write('NOOP\r\n')).toBe(false);
  });

  it('that never end, end the session', () => {
    for (const endless of ['250-more\r\n', '250 more']) {
      const { line, wire, closed } = wired();
      void wire.reply();
      for (let i = 0; i < 200_000 && closed.length === 0; i++) line.emit('data', Buffer.from(endless));
      expect(closed).toHaveLength(1);
    }
  });

  it('count as refusals even when the server leaves before the end of their line', async () => {
    const { line, wire } = wired();
    const replies = [wire.reply(), wire.reply()];
    line.emit('data', Buffer.from('550 5.1.1 gone'));
    wire.lose({ message: 'lost' });
    expect(await Promise.all(replies)).toMatchObject([{ code: 550 }, { code: 0, lost: { message: 'lost' } }]);
  });
});

it('extensions are read from the lines below the greeting', () => {
  expect(readExtensions('250-PIPELINING SIZE\n250-SIZE 100\n250 8BITMIME')).toEqual({
    pipelining: false,
    size: true,
    utf8: false,
  });
  expect(readExtensions('250 HELO PIPELINING').pipelining).toBe(false);
});
