import type { SenderId } from '../ids';
import { pause } from '../throttle/wait';

/** A limit may be raised, and a provider answer again, before the time that was said: so long at once. */
const lookAgainMs = 1_000;
/** The queue would be asked for nothing but such jobs as fast as it can answer. */
const leavingMs = 500;

/**
 * Batches of this process that stand still for a while, because of a slow limit or a provider that is away. They keep their
 * places among the jobs that run, where it costs nothing to look again, but only so many of them that others get past.
 */
export class Parking {
  #parked = 0;
  readonly #bySender = new Map<SenderId, number>();

  /** `places`: how many jobs run at once; `perSender`: how many of one sender. */
  constructor(
    private readonly places: number,
    private readonly perSender: number,
  ) {}

  /** Stands still for a moment. False: there is no room to stay longer, so that the job shall come back another time. */
  async wait(senderId: SenderId, ms: number, signal: AbortSignal): Promise<boolean> {
    const ofSender = this.#bySender.get(senderId) ?? 0;
    const stays = this.#parked < Math.floor(this.places / 2) && ofSender < Math.floor(this.perSender / 2);
    if (stays) this.#count(senderId, 1);
    try {
      await pause(Math.min(ms, stays ? lookAgainMs : leavingMs), signal);
    } finally {
      if (stays) this.#count(senderId, -1);
    }
    return stays;
  }

  #count(senderId: SenderId, by: number): void {
    this.#parked += by;
    this.#bySender.set(senderId, (this.#bySender.get(senderId) ?? 0) + by);
  }
}
