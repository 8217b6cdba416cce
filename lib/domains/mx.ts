import type { Finding } from '../db/domain-report';
import { hostAddresses, mailServers, type Resolve } from './records';

/** Whether the domain takes mail (RFC 5321 §5.1, RFC 7505): replies, bounces and complaints come to it. */
export async function checkMx(resolve: Resolve, domain: string): Promise<Finding> {
  const servers = (await mailServers(resolve, domain)).sort((a, b) => a.priority - b.priority);
  const found = servers.map(({ priority, exchange }) => `${priority} ${exchange || '.'}`);
  const finding = (verdict: Finding['verdict'], says: string): Finding => ({
    ...{ check: 'mx', verdict, says, found, record: null },
  });
  const [first] = servers;
  if (first && servers.every(({ exchange }) => exchange === '' || exchange === '.'))
    return finding(
      'wrong',
      'The domain says that it takes no mail: nobody can answer you, and bounces get lost.',
    );
  if (first) return finding('good', `Answers and bounces arrive at ${first.exchange}.`);
  if ((await hostAddresses(resolve, domain)).length > 0)
    return finding('unsure', 'There is no MX record, so that mail goes to the machine of the domain itself.');
  return finding('wrong', 'The domain has no MX record: nobody can answer you, and bounces get lost.');
}
