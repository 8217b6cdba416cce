import { Resolver } from 'node:dns/promises';
import { domainToASCII } from 'node:url';
import type { DomainCheck, Finding } from '../db/domain-report';
import { checkDkim } from './dkim';
import { checkDmarc } from './dmarc';
import { checkMx } from './mx';
import { NoAnswer, type Resolve } from './records';
import { checkSpf } from './spf';

const resolver = new Resolver({ timeout: 3000, tries: 2 });
const systemResolve: Resolve = resolver.resolve.bind(resolver);

/** The domain of an address as DNS knows it; undefined when it is none. */
export function domainOf(address: string): string | undefined {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1)).toLowerCase();
  return domain.includes('.') ? domain : undefined;
}

/** What the DNS says about a domain that mail is sent from. `mailServer`: through which host, if it is known. */
export async function checkRecords(
  domain: string,
  { mailServer, selectors }: { mailServer: string | null; selectors: string[] },
  resolve: Resolve = systemResolve,
): Promise<Finding[]> {
  return Promise.all([
    orUnknown('spf', checkSpf(resolve, domain, mailServer)),
    orUnknown('dkim', checkDkim(resolve, domain, selectors)),
    orUnknown('dmarc', checkDmarc(resolve, domain)),
    orUnknown('mx', checkMx(resolve, domain)),
  ]);
}

async function orUnknown(check: DomainCheck, finding: Promise<Finding>): Promise<Finding> {
  try {
    return await finding;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const says = 'The name server gave no answer. It is asked again tomorrow, or when you check again.';
    return { check, verdict: 'unknown', says, found: [], record: null };
  }
}
