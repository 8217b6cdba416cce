import { classOf, type Visitor } from './classify';
import { record } from './record';
import { readTrackingToken } from './tracking-token';

/** Where a link leads, the pixel, or nothing that was ever sent. */
export type TrackedAnswer = { to: string } | 'pixel' | 'unknown';

/** `/t/TOKEN/3` is the third link of a message, `/t/TOKEN/o.gif` its pixel. */
const address = /^\/t\/([\w-]+)\/(?:([1-9]\d{0,3})|o\.gif)$/;

/**
 * What stands at an address in a tracked message. Answers when it is recorded, durably, that somebody asked for it; throws
 * when that cannot be, so that nobody is led on unseen.
 */
export async function answerTracked(path: string, visitor: Visitor): Promise<TrackedAnswer> {
  const [, token = '', number] = address.exec(path) ?? [];
  const tracked = readTrackingToken(token);
  if (!tracked) return 'unknown';
  const kind = number === undefined ? 'open' : 'click';
  const target = await record(tracked.workspaceId, {
    deliveryId: tracked.deliveryId,
    kind,
    link: Number(number ?? 0),
    class: classOf(kind, visitor),
    agent: visitor.agent,
  });
  if (target === undefined) return 'unknown';
  return kind === 'open' ? 'pixel' : { to: target };
}
