import type { Scope } from '../auth/scope';
import { sendingRate } from '../campaigns/stats';
import { inScope } from '../db/scoped';
import { type QueueState, queueState, workersAlive } from './queue-state';
import { type SenderFlow, senderFlows } from './sender-flow';

/** How sending goes in a workspace at this moment. */
export type SystemState = {
  flows: SenderFlow[];
  /** Over the last five minutes: handed to providers, taken by them, and failed. */
  messages: number;
  sent: number;
  errors: number;
  /** Of campaigns, at this moment. */
  messagesPerMinute: number;
  queue: QueueState;
  workers: number;
};

export async function systemState(scope: Scope, now: Date): Promise<SystemState> {
  const [workers, { flows, queue, messagesPerMinute }] = await Promise.all([
    workersAlive(),
    inScope(scope, async (tx) => ({
      flows: await senderFlows(tx, scope, now),
      queue: await queueState(tx, scope),
      messagesPerMinute: await sendingRate(tx, scope),
    })),
  ]);
  const sum = (of: 'messages' | 'sent' | 'errors') => flows.reduce((all, flow) => all + flow[of], 0);
  const messages = sum('messages');
  return {
    ...{ flows, queue, messagesPerMinute, workers, messages },
    ...{ sent: sum('sent'), errors: sum('errors') },
  };
}
