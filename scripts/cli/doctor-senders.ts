import type { SenderOfWorkspace } from '@/lib/senders/all-senders';
import { advice, type Finding, fault, found as foundIt } from './doctor-finding';

const patienceMs = 15_000;

/** Whether the settings of all senders can be read, and their servers answer. */
export async function examineSenders(): Promise<Finding[]> {
  const { listAllSenders } = await import('@/lib/senders/all-senders');
  const { openSender, closeSenders } = await import('@/lib/senders/open-sender');
  const all = await listAllSenders();
  console.error(`Trying ${all.length === 1 ? 'one sender' : `${all.length} senders`} …`);
  try {
    const servers = await Promise.all(
      all.map(async ({ scope, workspace, row }) => {
        const check = `Sender “${row.name}” of “${workspace}”`;
        const answer = await openSender(scope, row).check(AbortSignal.timeout(patienceMs));
        return answer.ok
          ? foundIt(
              check,
              row.provider.startsWith('sandbox') ? 'keeps its messages here' : 'its server answers',
            )
          : fault(check, answer.problem, 'Correct it under Settings, Senders, and check it there.');
      }),
    );
    return [...servers, ...(await examineMailboxes(all)), ...(await examineDomains(all))];
  } finally {
    await closeSenders();
  }
}

/** Whether what comes back can be read. */
async function examineMailboxes(all: SenderOfWorkspace[]): Promise<Finding[]> {
  const { readMailboxConfig, tryMailbox } = await import('@/lib/bounces/mailboxes');
  const found = await Promise.all(
    all.map(async ({ scope, workspace, row }): Promise<Finding[]> => {
      const config = await readMailboxConfig(scope, row.id);
      if (config === null) return [];
      const check = `Mailbox of the sender “${row.name}” of “${workspace}”`;
      const mend = 'Correct it on the page of the sender, under What comes back.';
      if (config === undefined)
        return [fault(check, 'its settings cannot be read, because APP_SECRET was changed', mend)];
      const answer = await tryMailbox(config, AbortSignal.timeout(patienceMs));
      return [answer.ok ? foundIt(check, 'can be read') : fault(check, answer.problem, mend)];
    }),
  );
  return found.flat();
}

/** What the DNS says about the domains that people are written to from. */
async function examineDomains(all: SenderOfWorkspace[]): Promise<Finding[]> {
  const { checkRecords, domainOf } = await import('@/lib/domains/check-domain');
  const { domainCheckWords } = await import('@/lib/db/domain-report');
  const { mailServerOf } = await import('@/lib/domains/sender-domain');
  const senders = all.filter(({ row }) => row.channel === 'email' && row.provider !== 'sandbox');
  const domains = Map.groupBy(senders, ({ row }) => domainOf(row.fromEmail));
  const found = await Promise.all(
    [...domains].map(async ([domain, [first]]) => {
      if (domain === undefined || !first) return [];
      const { row } = first;
      const asked = { mailServer: mailServerOf(row), selectors: row.dkimSelectors };
      return (await checkRecords(domain, asked)).map((finding) => ({ domain, ...finding }));
    }),
  );
  return found.flat().map(({ domain, check, verdict, says, record }) => {
    const name = `${domainCheckWords[check]} of ${domain}`;
    if (verdict === 'good' || verdict === 'unsure') return { ok: true, check: name, says };
    if (verdict === 'unknown') return advice(name, says, 'Run this again when the name server answers.');
    const add = record ? ` It could be, at ${record.name}: ${record.value}` : '';
    return advice(name, says, `Mend it where the domain’s DNS is kept; Settings, Senders says more.${add}`);
  });
}
