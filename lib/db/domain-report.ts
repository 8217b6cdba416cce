/** What is asked about a domain that campaigns are sent from. */
export const domainChecks = ['spf', 'dkim', 'dmarc', 'mx', 'one_click'] as const;
export type DomainCheck = (typeof domainChecks)[number];

/**
 * `good`; `wrong`: mailbox providers will hold it against the message; `unsure`: it looks right as far as can be seen from
 * here; `unknown`: nobody answered.
 */
export type Verdict = 'good' | 'wrong' | 'unsure' | 'unknown';

export type Finding = {
  check: DomainCheck;
  verdict: Verdict;
  /** What was found and what it means, in a sentence. */
  says: string;
  /** The records as they stand there. */
  found: string[];
  /** What should stand there, where Posthaste can tell. */
  record: { name: string; type: 'TXT' | 'MX'; value: string } | null;
};

export type DomainReport = { domain: string; selectors: string[]; findings: Finding[] };

/** What the DNS does wrong about the domain of an address, as far as the report is about that domain. */
export const domainProblems = (report: DomainReport | null, address: string): string[] =>
  report && address.toLowerCase().endsWith(`@${report.domain}`)
    ? report.findings
        .filter(({ verdict }) => verdict === 'wrong')
        .map(({ check, says }) => `${domainCheckWords[check]} of ${report.domain}: ${says}`)
    : [];

export const domainCheckWords: Record<DomainCheck, string> = {
  spf: 'SPF',
  dkim: 'DKIM',
  dmarc: 'DMARC',
  mx: 'MX',
  one_click: 'One-click unsubscribe',
};
