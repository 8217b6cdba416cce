import { type Finding, fault, found } from './doctor-finding';

const patienceMs = 15_000;

/** Whether the settings of all senders can be read, and their servers answer. */
export async function examineSenders(): Promise<Finding[]> {
  const { listAllSenders } = await import('@/lib/senders/all-senders');
  const { openSender, closeSenders } = await import('@/lib/senders/open-sender');
  const all = await listAllSenders();
  console.error(`Trying ${all.length === 1 ? 'one sender' : `${all.length} senders`} …`);
  try {
    return await Promise.all(
      all.map(async ({ scope, workspace, row }) => {
        const check = `Sender “${row.name}” of “${workspace}”`;
        const answer = await openSender(scope, row).check(AbortSignal.timeout(patienceMs));
        return answer.ok
          ? found(check, row.provider === 'sandbox' ? 'keeps its messages here' : 'its server answers')
          : fault(check, answer.problem, 'Correct it under Settings, Senders, and check it there.');
      }),
    );
  } finally {
    await closeSenders();
  }
}
