import type { SenderId } from '../ids';
import { SendGauge } from '../monitoring/gauge';
import { type OpenSender, openSender } from '../senders/open-sender';
import { FailureRun } from './breaker';
import { Claims } from './claim';
import { Handovers } from './handovers';
import { WorkerLife } from './life';
import { Parking } from './parking';
import { Wire } from './wire';

/** As many messages as a provider takes side by side, when nothing is known of it yet. */
const leastOnTheWire = 4;

/** What sending needs of the world, and what this process remembers of it. One per process. */
export class Engine {
  readonly life = new WorkerLife();
  readonly claims = new Claims();
  readonly handovers = new Handovers(this.life);
  readonly gauge: SendGauge;
  readonly parking: Parking;
  readonly #wires = new Map<SenderId, Wire>();
  readonly #runs = new Map<SenderId, FailureRun>();

  constructor(
    readonly open: typeof openSender = openSender,
    readonly now: () => number = Date.now,
    /** Batches that run at once in this process, and those of one sender among them. */
    readonly concurrency = { all: 8, perSender: 4 },
  ) {
    this.gauge = new SendGauge(now);
    this.parking = new Parking(concurrency.all, concurrency.perSender);
  }

  /** A request that can be sent again leaves nothing in doubt: then as much may be on the wire as goes into one. */
  wire(id: SenderId, { maxBatch, replays }: Pick<OpenSender, 'maxBatch' | 'replays'>): Wire {
    return entry(this.#wires, id, () => new Wire(replays ? maxBatch : leastOnTheWire));
  }

  run(id: SenderId): FailureRun {
    return entry(this.#runs, id, () => new FailureRun());
  }
}

function entry<Value>(map: Map<SenderId, Value>, id: SenderId, make: () => Value): Value {
  const known = map.get(id);
  if (known) return known;
  const made = make();
  map.set(id, made);
  return made;
}
