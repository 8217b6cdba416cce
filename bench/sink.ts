import { type ChildProcess, fork } from 'node:child_process';
import { z } from 'zod';

const Count = z.object({
  messages: z.number(),
  bytes: z.number(),
  cpuSeconds: z.number(),
  arrivals: z.record(z.string(), z.array(z.number())),
  latestMs: z.number(),
});
export type Count = z.infer<typeof Count>;

export type Sink = { port: number; count: () => Promise<Count>; stop: () => void };

const Listening = z.object({ port: z.int().positive() });

/** An SMTP server in a process of its own that takes everything; `delayMs`: what each message takes it. */
export async function startSink({ delayMs = 0, arrivals = false } = {}): Promise<Sink> {
  const child = fork('bench/smtp-sink.ts', [String(delayMs), arrivals ? 'arrivals' : 'count'], {
    execArgv: ['--import', 'tsx'],
  });
  const { port } = Listening.parse(await nextMessage(child));
  return {
    port,
    async count() {
      const answer = nextMessage(child);
      child.send('count');
      return Count.parse(await answer);
    },
    stop: () => child.disconnect(),
  };
}

const nextMessage = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => child.once('message', resolve));
