import type { CampaignId, SenderId } from '../ids';
import { pause } from '../throttle/wait';

/** A limit may be raised, and a provider answer again, before the time that was said: so long at once. */
const lookAgainMs = 1_000;
/** The queue would be asked for nothing but such jobs as fast as it can answer. */
const leavingMs = 500;

/** A batch that waits, and how many messages it has to send. */
type Place = { senderId: SenderId; campaignId: CampaignId; left: number };

/** `stays`: it may look again. Else it shall come back another time; `coveredBy`: another of its campaign stays, for so many messages. */
export type Stay = 'stays' | 'no room' | { coveredBy: number };

/**
 * Batches of this process that stand still for a while, because of a slow limit or a provider that is away. They keep their
 * places among the jobs that run, where it costs nothing to look again, but only so many of them that others get past: one of a
 * campaign, and not all of a sender.
 */
export class Parking {
  readonly #parked = new Map<CampaignId, Place>();

  /** `places`: how many jobs run at once; `perSender`: how many of one sender. */
  constructor(
    private readonly places: number,
    private readonly perSender: number,
  ) {}

  /** Stands still for a moment. */
  async wait(place: Place, ms: number, signal: AbortSignal): Promise<Stay> {
    const stay = this.#find(place);
    if (stay === 'stays') this.#parked.set(place.campaignId, place);
    try {
      await pause(Math.min(ms, stay === 'stays' ? lookAgainMs : leavingMs), signal);
    } finally {
      if (stay === 'stays') this.#parked.delete(place.campaignId);
    }
    return stay;
  }

  #find({ senderId, campaignId }: Place): Stay {
    const another = this.#parked.get(campaignId);
    if (another) return { coveredBy: another.left };
    const ofSender = [...this.#parked.values()].filter((one) => one.senderId === senderId).length;
    const hasRoom = this.#parked.size < Math.floor(this.places / 2) && ofSender < this.perSender - 1;
    return hasRoom ? 'stays' : 'no room';
  }
}
