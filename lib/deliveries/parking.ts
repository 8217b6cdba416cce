import type { CampaignId, SenderId } from '../ids';
import { pause } from '../throttle/wait';

/** A limit may be raised, and a provider answer again, before the time that was said: so long at once. */
const lookAgainMs = 1_000;
/** The queue would be asked for nothing but such jobs as fast as it can answer. */
const leavingMs = 500;

/**
 * Batches of this process that stand still for a while, because of a slow limit or a provider that is away. They keep their
 * places among the jobs that run, where it costs nothing to look again, but only so many of them that others get past: other
 * senders' batches, and of one sender those of other campaigns.
 */
export class Parking {
  #parked = 0;
  readonly #by = new Map<SenderId | CampaignId, number>();

  /** `places`: how many jobs run at once; `perSender`: how many of one sender. */
  constructor(
    private readonly places: number,
    private readonly perSender: number,
  ) {}

  /** Stands still for a moment. False: there is no room to stay longer, so that the job shall come back another time. */
  async wait(
    { senderId, campaignId }: { senderId: SenderId; campaignId: CampaignId },
    ms: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const parkedOf = (id: SenderId | CampaignId) => this.#by.get(id) ?? 0;
    const half = Math.floor(this.perSender / 2);
    const stays =
      this.#parked < Math.floor(this.places / 2) &&
      parkedOf(campaignId) < half &&
      parkedOf(senderId) < Math.max(half, this.perSender - 1);
    if (stays) this.#count([senderId, campaignId], 1);
    try {
      await pause(Math.min(ms, stays ? lookAgainMs : leavingMs), signal);
    } finally {
      if (stays) this.#count([senderId, campaignId], -1);
    }
    return stays;
  }

  #count(ids: (SenderId | CampaignId)[], by: number): void {
    this.#parked += by;
    for (const id of ids) {
      const now = (this.#by.get(id) ?? 0) + by;
      if (now > 0) this.#by.set(id, now);
      else this.#by.delete(id);
    }
  }
}
