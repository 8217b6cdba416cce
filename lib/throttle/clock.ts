/** How long a reading counts, in milliseconds: clocks drift apart, and servers are replaced. */
const freshMs = 60_000;

/** The database's clock, as read over a connection: the quickest of the last answers tells it best. */
export class ServerClock {
  #best: { offset: number; roundTrip: number; at: number } | undefined;

  /** It read `server` (milliseconds of the epoch) at some moment between two of ours (performance.now). */
  read(server: number, asked: number, answered: number): void {
    const roundTrip = answered - asked;
    if (this.#best && roundTrip > this.#best.roundTrip && answered - this.#best.at < freshMs) return;
    this.#best = { offset: server - (asked + answered) / 2, roundTrip, at: answered };
  }

  /** A moment of the database's clock as one of ours. */
  local(server: number): number {
    return server - (this.#best?.offset ?? 0);
  }
}
