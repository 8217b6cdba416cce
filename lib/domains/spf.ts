import { isIP } from 'node:net';
import type { Finding } from '../db/domain-report';
import { hostAddresses, type Resolve, textRecords } from './records';

/** Of a mail server with many addresses the first few tell as much, and each asks the DNS anew. */
const mostAddresses = 4;

/**
 * Whether the domain lets the mail server send for it (RFC 7208). Where a provider takes messages at one machine and sends
 * them from others, only the record's own soundness can be seen.
 */
export async function checkSpf(
  resolve: Resolve,
  domain: string,
  mailServer: string | null,
): Promise<Finding> {
  const found = await textRecords(resolve, domain, /^v=spf1(?: |$)/i);
  const mechanism =
    mailServer === null ? '' : isIP(mailServer) ? `ip${isIP(mailServer)}:${mailServer} ` : `a:${mailServer} `;
  const proposed = { name: domain, type: 'TXT', value: `v=spf1 ${mechanism}~all` } as const;
  const finding = (verdict: Finding['verdict'], says: string, record: Finding['record'] = null): Finding => ({
    ...{ check: 'spf', verdict, says, found, record },
  });
  const [record, ...more] = found;
  if (record === undefined)
    return finding('wrong', 'There is no SPF record, so that anybody may send as this domain.', proposed);
  if (more.length > 0)
    return finding(
      'wrong',
      `There are ${found.length} SPF records, and then none of them holds. Make one of them.`,
    );
  if (/(?:^|\s)\+?all(?:\s|$)/i.test(record))
    return finding('wrong', 'It lets every machine of the world send as this domain. End it with ~all.', {
      ...proposed,
      value: record.replace(/(^|\s)\+?all(?=\s|$)/i, '$1~all'),
    });
  // Loaded when it is needed: it takes 30 MB of memory, and a domain is checked once a day.
  const { spf } = await import('mailauth/lib/spf/index.js');
  const addresses =
    mailServer === null ? [] : isIP(mailServer) ? [mailServer] : await hostAddresses(resolve, mailServer);
  const results = [];
  for (const ip of addresses.length > 0 ? addresses.slice(0, mostAddresses) : ['192.0.2.1'])
    results.push(
      await spf({
        sender: `postmaster@${domain}`,
        ip,
        helo: domain,
        mta: 'posthaste',
        resolver: resolve,
        strict: true,
      }),
    );
  const broken = results.find(({ status }) => status.result === 'permerror');
  if (broken)
    return finding(
      'wrong',
      // What others it names must stay: nobody but its owner knows which of them are needed.
      `It cannot be evaluated: ${String(broken.status.comment ?? 'it has an error')}. Correct it, and keep what it names that sends for you.`,
    );
  if (results.some(({ status }) => status.result === 'temperror'))
    return finding('unknown', 'One of the names that it includes gave no answer.');
  if (addresses.length > 0 && results.every(({ status }) => status.result === 'pass'))
    return finding('good', `It lets ${mailServer} send for this domain.`);
  return finding(
    'unsure',
    mailServer === null
      ? 'It is sound.'
      : `It is sound, and does not name ${mailServer} itself. That is right if your provider sends from other machines that it includes.`,
  );
}
