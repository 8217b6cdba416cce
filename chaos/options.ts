import { parseArgs } from 'node:util';
import { z } from 'zod';
import { chooseLimits } from './limits';
import type { Options } from './run';

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const Values = z.object({
  recipients: whole(10, 1_000_000).default(3_000),
  kills: whole(0, 10_000).default(10),
  workers: whole(1, 20).default(3),
  seed: whole(0, 2 ** 32 - 1).optional(),
  policy: z.enum(['leave', 'send-again']).default('leave'),
  'per-minute': whole(1, 1_000_000).optional(),
  json: z.boolean().default(false),
});

const usage =
  'npm run chaos -- [--recipients N] [--kills N] [--workers N] [--seed N] [--policy leave|send-again] [--per-minute N] [--json]';

/** Ends the process with a line about how it is used when it cannot be understood. */
export function readOptions(args: string[], seed: number): Options & { json: boolean } {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args,
      options: {
        ...{ recipients: text, kills: text, workers: text, seed: text, policy: text, 'per-minute': text },
        json: { type: 'boolean' },
      },
    });
    const { policy, 'per-minute': perMinute, ...rest } = Values.parse(values);
    const limits = chooseLimits(rest.recipients, perMinute);
    return { seed, ...rest, policy: policy === 'leave' ? 'leave' : 'send_again', limits };
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const why = issue ? `--${issue.path.join('')}: ${issue.message}` : String(error);
    console.error(`${why}\nUsage: ${usage}`);
    process.exit(2);
  }
}
