import type { Finding } from '../db/domain-report';
import { NoAnswer, type Resolve, textRecords } from './records';

/**
 * Which policy holds for the domain, found by walking up the tree (RFC 9989 §4.10), and whether what is signed and sent by
 * this domain is aligned with it.
 */
export async function checkDmarc(resolve: Resolve, domain: string): Promise<Finding> {
  // Loaded when it is needed, as in ./spf.ts.
  const { dmarc } = await import('mailauth/lib/dmarc/index.js');
  const own = await textRecords(resolve, `_dmarc.${domain}`, /^v\s*=\s*DMARC1/i);
  const evaluated = await dmarc({
    headerFrom: domain,
    spfDomains: [domain],
    dkimDomains: [{ domain }],
    resolver: resolve,
  });
  const result = evaluated || undefined;
  if (result?.status.result === 'temperror') throw new NoAnswer('DMARC');
  const found = result?.rr ? [result.rr] : own;
  const record = {
    ...{ name: `_dmarc.${domain}`, type: 'TXT' as const },
    value: `v=DMARC1; p=none; rua=mailto:postmaster@${domain}`,
  };
  const finding = (
    verdict: Finding['verdict'],
    says: string,
    proposed: Finding['record'] = null,
  ): Finding => ({
    ...{ check: 'dmarc', verdict, says, found, record: proposed },
  });
  if (own.length > 1)
    return finding('wrong', `There are ${own.length} DMARC records, and then none of them holds. Keep one.`);
  if (!result?.rr)
    return finding(
      'wrong',
      'There is no DMARC record. Gmail and Yahoo ask for one from whoever sends to many.',
      record,
    );
  const from = result.policyDomain ?? result.domain;
  const inherited = from !== domain ? `, as ${from} has it` : '';
  const signed = result.alignment.dkim.strict ? `as ${domain} exactly` : `as ${result.domain} or below`;
  const aligned = ` A message is yours by a signature ${signed}, or by an envelope of your domain that SPF allows.`;
  if (result.policy === 'none')
    return finding(
      'good',
      `It asks for reports only${inherited}. Once the reports are clean, p=quarantine protects your name.${aligned}`,
    );
  return finding(
    'good',
    `Messages that are not yours are ${result.policy === 'reject' ? 'refused' : 'put aside'}${inherited}.${aligned}`,
  );
}
