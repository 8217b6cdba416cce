import { createPublicKey } from 'node:crypto';
import type { Finding } from '../db/domain-report';
import { type Resolve, textRecords } from './records';

/** Where the usual providers put their keys: tried when nobody has said which selector it is. */
const usualSelectors = [
  ...['default', 'dkim', 'mail', 'smtp', 'email', 'posthaste', 'resend', 'google', 'mandrill', 'mailjet'],
  ...['selector1', 'selector2', 's1', 's2', 'k1', 'k2', 'k3', 'sig1', 'mte1', 'mte2', 'pm', 'zoho', 'brevo'],
];

/** RFC 8301: shorter keys must not be relied on. */
const leastBits = 1024;

/** Whether the domain publishes the keys that its messages are signed with (RFC 6376). Who signs is the mail server. */
export async function checkDkim(resolve: Resolve, domain: string, selectors: string[]): Promise<Finding> {
  const named = selectors.length > 0;
  const keys = await Promise.all(
    (named ? selectors : usualSelectors).map(async (selector) => {
      const name = `${selector}._domainkey.${domain}`;
      return { selector, name, records: await textRecords(resolve, name, /(?:^|;)\s*p\s*=/i) };
    }),
  );
  const there = keys.filter(({ records }) => records.length > 0);
  const found = there.flatMap(({ name, records }) => records.map((record) => `${name}  ${record}`));
  const finding = (verdict: Finding['verdict'], says: string): Finding => ({
    ...{ check: 'dkim', verdict, says, found, record: null },
  });
  if (there.length === 0)
    return named
      ? finding(
          'wrong',
          `There is no key at ${list(keys.map(({ name }) => name))}. Your mail provider shows the record to add.`,
        )
      : finding(
          'unknown',
          'None of the usual selectors has a key. Ask your mail provider for its selector, and enter it here.',
        );
  const problems = there.flatMap(({ selector, records }) => {
    const problem = records.length > 1 ? 'has more than one record' : problemOf(records[0] ?? '');
    return problem ? [`“${selector}” ${problem}`] : [];
  });
  const missing = named ? keys.filter(({ records }) => records.length === 0) : [];
  problems.push(...missing.map(({ selector }) => `“${selector}” has no key`));
  if (problems.length > 0) return finding('wrong', `The selector ${list(problems)}.`);
  return finding(
    'good',
    `There ${there.length === 1 ? 'is a key' : 'are keys'} for ${list(there.map(({ selector }) => `“${selector}”`))}.`,
  );
}

const list = (parts: string[]) => parts.join(', ');

function problemOf(record: string): string | undefined {
  const tags = new Map(
    record.split(';').map((tag) => {
      const [name = '', ...value] = tag.split('=');
      return [name.trim(), value.join('=').replace(/\s+/g, '')];
    }),
  );
  const key = tags.get('p') ?? '';
  if (key === '') return 'was revoked: its key is empty';
  if ((tags.get('k') ?? 'rsa') !== 'rsa') return undefined;
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({
      key: Buffer.from(key, 'base64'),
      format: 'der',
      type: 'spki',
    });
    const bits = details?.modulusLength ?? 0;
    return bits < leastBits ? `has a key of ${bits} bits, which is too short` : undefined;
  } catch {
    return 'has a key that cannot be read; it may be cut off';
  }
}
