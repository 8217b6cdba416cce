import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeliveryId, newId } from '../ids';
import { eventsOfMail, reportOf } from './bounce-report';
import { mostBytes, readBounce } from './read-bounce';
import { corpusMessage } from './testing-corpus';

const deliveryId = newId(DeliveryId);

/** What each message of the corpus is; `null`: of ours, and nothing that lasts; undefined: none of ours to take. */
const expected: Record<string, string | null | undefined> = {
  'postfix-unknown-user': 'bounced',
  'postfix-generic-status': 'bounced',
  'postfix-unicode': 'bounced',
  'postfix-no-domain': 'bounced',
  'postfix-mailbox-full': 'soft_bounced',
  'postfix-expired': 'soft_bounced',
  'postfix-policy': 'undelivered',
  'postfix-relay-denied': 'undelivered',
  'postfix-delayed': 'deferred',
  'postfix-delivered': 'delivered',
  'exchange-not-found': 'bounced',
  'exchange-dmarc': 'undelivered',
  'exchange-without-original': 'soft_bounced',
  'gmail-not-found': 'bounced',
  'gmail-over-quota': 'soft_bounced',
  'gmail-delayed': 'deferred',
  'gmail-unauthenticated': 'undelivered',
  'exim-no-such-user': 'bounced',
  'exim-unrouteable': 'bounced',
  'exim-spam': 'undelivered',
  'exim-words': 'bounced',
  'exim-words-delayed': 'deferred',
  qmail: 'bounced',
  'verp-only': 'bounced',
  'alias-of-two': null,
  'arf-abuse': 'complained',
  'arf-abuse-headers': 'complained',
  'arf-not-spam': null,
  'out-of-office': undefined,
  'out-of-office-of-a-postmaster': undefined,
  reply: undefined,
  receipt: undefined,
  'not-ours': undefined,
  garbage: undefined,
};

describe('a message that came back', () => {
  it.each(Object.entries(expected))('%s → %s', async (name, type) => {
    const bounce = await readBounce(corpusMessage(name, deliveryId));
    if (type === undefined) expect(bounce).toBeUndefined();
    else expect(bounce).toMatchObject({ deliveryId, type });
  });

  it('is one of those above', () => {
    const names = readdirSync(join(import.meta.dirname, 'corpus')).map((name) => name.replace('.eml', ''));
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it('says what the server said, on one line', async () => {
    expect(await readBounce(corpusMessage('postfix-unknown-user', deliveryId))).toEqual({
      deliveryId,
      type: 'bounced',
      messageId: '<20261128090004.4TtW2x0Rz9z1@mx.shop.example.com>',
      detail:
        '550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
      triedOnce: false,
    });
    expect((await readBounce(corpusMessage('qmail', deliveryId)))?.detail).toContain('#5.1.1');
  });

  it('says what nobody tried more than once, so that it is tried again later', async () => {
    const full = await readBounce(corpusMessage('postfix-mailbox-full', deliveryId));
    expect(full).toMatchObject({ type: 'soft_bounced', triedOnce: true });
    const kept = full && reportOf(full);
    expect(eventsOfMail(kept?.reportId ?? '', kept?.body ?? '')).toMatchObject([
      { deliveryId, type: 'soft_bounced', returned: kept?.reportId },
    ]);
    // Its server has tried for days.
    expect(await readBounce(corpusMessage('postfix-expired', deliveryId))).toMatchObject({
      triedOnce: false,
    });
  });

  it('is read by its beginning, however much comes after it', async () => {
    const whole = corpusMessage('postfix-unknown-user', deliveryId);
    const long = Buffer.concat([whole, Buffer.alloc(3 * mostBytes, 'spam and eggs\r\n')]);
    expect(await readBounce(long)).toMatchObject({ deliveryId, type: 'bounced' });
    const cut = whole.subarray(0, whole.indexOf('MIME-Version', whole.indexOf('X-Posthaste-Delivery')));
    expect(await readBounce(cut)).toMatchObject({ deliveryId, type: 'bounced' });
  });

  it('is read soon, however it was made to take long', async () => {
    const words = 'From: MAILER-DAEMON@example.com\r\nSubject: Returned\r\n\r\n550 5.1.1 ';
    const whole = corpusMessage('postfix-unknown-user', deliveryId).toString('latin1');
    const said = whole.replace(/^Diagnostic-Code: /m, `Diagnostic-Code: smtp; 550 ${'<'.repeat(900_000)}`);
    const slow = [words + '<'.repeat(900_000), said];
    const began = performance.now();
    for (const message of slow) await readBounce(Buffer.from(message, 'latin1'));
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is never read into an error, whatever byte of it is wrong', async () => {
    for (const name of Object.keys(expected)) {
      const whole = corpusMessage(name, deliveryId);
      for (let n = 0; n < 40; n++) {
        const broken = Buffer.from(whole);
        for (let at = n * 7; at < broken.length; at += 131) broken[at] = (at * 31 + n) & 0xff;
        await readBounce(broken.subarray(0, broken.length - n * 20));
      }
    }
  });
});
