import type { CampaignId, SenderId } from '../ids';
import { pause } from '../throttle/wait';

/** A limit may be raised, and a provider answer again, before the time that was said: so long at once. */
const lookAgainMs = 1_000;
/** The queue would be asked for nothing but such jobs as fast as it can answer. */
const leavingMs = 500;

/** `stays`: it may look again. Else it shall come back another time; `covered`: another of its campaign stays. */
export type Stay = 'stays' | 'covered' | 'no room';

/**
 * Batches of this process that stand still for a while, because of a slow limit or a provider that is away. They keep their
 * places among the jobs that run, where it costs nothing to look again, but only so many of them that others get past: one of a
 * campaign, and not all of a sender.
 */
export class Parking {
  readonly #parked = new Map<CampaignId, SenderId>();

  /** `places`: how many jobs run at once; `perSender`: how many of one sender. */
  constructor(
    private readonly places: number,
    private readonly perSender: number,
  ) {}

  /** Stands still for a moment. */
  async wait(
    { senderId, campaignId }: { senderId: SenderId; campaignId: CampaignId },
    ms: number,
    signal: AbortSignal,
  ): Promise<Stay> {
    const stay = this.#find(senderId, campaignId);
    if (stay === 'stays') this.#parked.set(campaignId, senderId);
    try {
      await pause(Math.min(ms, stay === 'stays' ? lookAgainMs : leavingMs), signal);
    } finally {
      if (stay === 'stays') this.#parked.delete(campaignId);
    }
    return stay;
  }

  #find(senderId: SenderId, campaignId: CampaignId): Stay {
    if (this.#parked.has(campaignId)) return 'covered';
    const ofSender = [...this.#parked.values()].filter((id) => id === senderId).length;
    const hasRoom = this.#parked.size < Math.floor(this.places / 2) && ofSender < this.perSender - 1;
    return hasRoom ? 'stays' : 'no room';
  }
}
