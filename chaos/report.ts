import { mostInDoubt } from './limits';
import type { Fault } from './plan';
import type { Options, Outcome } from './run';

/** What must not be, in sentences; nothing when all is well. */
export function findProblems(
  { policy, kills, limits }: Pick<Options, 'policy' | 'kills' | 'limits'>,
  { comparison, ended, faults, windows, planned }: Omit<Outcome, 'events' | 'seconds' | 'cut'>,
): string[] {
  const { lost, doubled, doubledWithoutDoubt, unexpected, addsUp, states } = comparison;
  const problems: string[] = [];
  if (ended !== null) problems.push(`It did not end well: ${ended}.`);
  if (!addsUp)
    problems.push(
      `Planned were ${planned}, and the end states do not add up to that: ${JSON.stringify(states)}.`,
    );
  const tooMany = policy === 'send_again' ? doubledWithoutDoubt : doubled;
  for (const [name, found] of Object.entries({ lost, doubled: tooMany, unexpected }))
    if (found.length > 0) problems.push(`${found.length} ${name}: ${found.slice(0, 5).join('; ')}`);
  for (const { seconds, limit, largest } of windows)
    if (largest > limit)
      problems.push(`${largest} messages arrived within ${seconds} s; the limit is ${limit}.`);
  const doubtful = mostInDoubt(faults.struck, limits);
  if (states.unconfirmed > doubtful)
    problems.push(`${states.unconfirmed} are unconfirmed; no more than ${doubtful} were on the wire.`);
  const killed = faults.struck.filter(({ kind }) => kind === 'kill').length;
  if (killed < kills)
    problems.push(`Only ${killed} of ${kills} kills struck before the campaign was completed.`);
  if (comparison.arrived === 0) problems.push('Nothing arrived at all.');
  return problems;
}

const names: Record<Exclude<Fault['kind'], 'kill'>, string> = {
  sleep: 'workers stopped and continued',
  drop: 'times the server dropped connections',
  disconnect: 'times database connections were ended',
  database: 'times PostgreSQL was restarted at once',
};

const number = (value: number) => value.toLocaleString('en-US');

/** The outcome as lines for a terminal. */
export function table(options: Options, outcome: Outcome): string {
  const { comparison, faults, windows, cut } = outcome;
  const { states } = comparison;
  const kills = faults.struck.filter((fault) => fault.kind === 'kill');
  const rows: [name: string, value: string | number, remark?: string][] = [
    ['planned', outcome.planned ?? 0],
    ['sent', states.sent],
    ['failed', states.failed],
    ['skipped', states.skipped],
    ['unconfirmed', states.unconfirmed, `${number(comparison.unconfirmedButArrived)} of them arrived`],
    ['lost', comparison.lost.length],
    ['doubled', comparison.doubled.length],
    ['unexpected', comparison.unexpected.length],
    [
      'kills',
      kills.length,
      `${kills.filter((kill) => kill.unanswered).length} of them between body and answer`,
    ],
    ...Object.entries(names).map(([kind, name]): [string, number, string] => [
      '',
      faults.struck.filter((fault) => fault.kind === kind).length,
      name,
    ]),
    ['cut on the wire', cut, 'transactions that were open at the server when the other end was gone'],
    ...windows.map(({ seconds, limit, largest }): [string, number, string] => [
      `fullest ${seconds} s`,
      largest,
      `of ${number(limit)} allowed`,
    ]),
    ['duration', `${Math.round(outcome.seconds)} s`],
    ['seed', String(options.seed)],
  ];
  return rows
    .map(([name, value, remark = '']) => {
      const shown = typeof value === 'number' ? number(value) : value;
      return `${name.padStart(16)}  ${shown.padStart(9)}  ${remark}`.trimEnd();
    })
    .join('\n');
}
