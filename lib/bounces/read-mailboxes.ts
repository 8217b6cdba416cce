import { and, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { mailboxes } from '../db/schema/senders';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { type SenderId, uuidv7 } from '../ids';
import { log } from '../log';
import { unreadableConfig } from '../senders/open-sender';
import { clientOf } from './clients';
import { keepBounce } from './keep-bounce';
import type { Taken } from './mailbox';
import { describeMailbox } from './mailbox-problem';
import { mailboxConfigOf } from './mailboxes';
import { readBounce } from './read-bounce';

/** So many at once: one that hangs keeps the others waiting no longer than that. */
const atOnce = 4;
/** One that is never empty goes behind the others each time, and at last waits for the next look at what is due. */
const mostTurns = 10;
/** Then the others come first, and what is left waits for the next turn. */
const enoughMs = 40_000;
/** Nobody comes back from a server later than that. */
const longestMs = 100_000;
/** Longer than anybody reads: then whoever held it is gone. */
const claim = sql`clock_timestamp() + interval '5 minutes'`;

type Due = { scope: Scope; senderId: SenderId };

/** Reads each mailbox whose time has come, in any workspace, one reader at a time. One that fails is tried less often. */
export async function readDueMailboxes(stop: AbortSignal): Promise<void> {
  const due = (await allDue()).map((mailbox) => ({ mailbox, turns: 1 }));
  const work = async () => {
    for (let next = due.shift(); next && !stop.aborted; next = due.shift()) {
      const { mailbox, turns } = next;
      const more = await readOne(mailbox, stop).catch((error: unknown) => {
        log.error(
          { err: error, sender: mailbox.senderId },
          'a mailbox could not be read, by a fault of ours',
        );
        return false;
      });
      if (more && turns < mostTurns) due.push({ mailbox, turns: turns + 1 });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

const isDue = ({ workspaceId }: Scope) =>
  and(
    eq(mailboxes.workspaceId, workspaceId),
    lte(mailboxes.nextAt, sql`clock_timestamp()`),
    or(isNull(mailboxes.readingUntil), lte(mailboxes.readingUntil, sql`clock_timestamp()`)),
  );

async function allDue(): Promise<Due[]> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  const due: Due[] = [];
  for (const { id } of all) {
    const scope = mintSystemScope(id);
    const found = await inScope(scope, (tx) =>
      tx.select({ senderId: mailboxes.senderId }).from(mailboxes).where(isDue(scope)),
    );
    due.push(...found.map(({ senderId }) => ({ scope, senderId })));
  }
  return due;
}

/** The settings were changed, or somebody else reads it by now. */
class LostTurn extends Error {}

/** Reads what is new in a mailbox that nobody else reads. True: there is more. */
async function readOne({ scope, senderId }: Due, stop: AbortSignal): Promise<boolean> {
  const fence = uuidv7();
  const [mailbox] = await inScope(scope, (tx) =>
    tx
      .update(mailboxes)
      .set({ fence, readingUntil: claim })
      .where(and(isDue(scope), eq(mailboxes.senderId, senderId)))
      .returning(),
  );
  if (!mailbox) return false;
  const turn = { scope, senderId, fence };
  const config = mailboxConfigOf(mailbox);
  if (!config) {
    await endTurn(turn, failure(mailbox.failures, unreadableConfig));
    return false;
  }
  const signal = AbortSignal.any([stop, AbortSignal.timeout(longestMs)]);
  const reader = new Reader(turn);
  const startedAt = performance.now();
  const isEnough = () => performance.now() - startedAt > enoughMs;
  try {
    const { take, save } = reader;
    const reading = { place: mailbox.place, take, save, isEnough, signal };
    const isAll = await clientOf(config).read(config, reading);
    await endTurn(turn, {
      ...{ failures: 0, problem: null, readAt: sql`now()` },
      // Not quite a minute: so it is due at the next full one.
      nextAt: isAll ? sql`now() + interval '40 seconds'` : sql`now()`,
    });
    return !isAll && !stop.aborted;
  } catch (error) {
    if (error instanceof LostTurn) return false;
    if (stop.aborted || reader.isOurFault) {
      await endTurn(turn, { nextAt: sql`now()` });
      if (stop.aborted) return false;
      throw error;
    }
    const problem = describeMailbox(error, config);
    log.warn({ sender: senderId, failures: mailbox.failures + 1 }, 'a mailbox could not be read');
    await endTurn(turn, failure(mailbox.failures, problem));
    return false;
  }
}

type Turn = Due & { fence: string };
type Changes = PgUpdateSetSource<typeof mailboxes>;

/** After 2, 4, 8 … minutes again, at last once in an hour. */
const failure = (before: number, problem: string): Changes => ({
  failures: before + 1,
  problem,
  nextAt: sql`now() + ${`${Math.min(60, 2 ** (before + 1))} minutes`}::interval - interval '20 seconds'`,
});

/** Writes to the row for as long as it is ours to read. */
async function write({ scope, senderId, fence }: Turn, changes: Changes): Promise<boolean> {
  const mine = and(
    eq(mailboxes.workspaceId, scope.workspaceId),
    eq(mailboxes.senderId, senderId),
    eq(mailboxes.fence, fence),
  );
  const { count } = await inScope(scope, (tx) => tx.update(mailboxes).set(changes).where(mine));
  return count > 0;
}

const endTurn = (turn: Turn, changes: Changes) =>
  write(turn, { ...changes, fence: null, readingUntil: null });

/** What the reading of a mailbox does with what it finds. */
class Reader {
  /** It was not the mailbox that failed. */
  isOurFault = false;
  #found = 0;

  constructor(private readonly turn: Turn) {}

  take = (message: Uint8Array): Promise<Taken> =>
    this.#guard(async () => {
      const bounce = await readBounce(message);
      if (!bounce || !(await keepBounce(this.turn.scope, bounce))) return 'left';
      this.#found++;
      return 'taken';
    });

  save = (place: unknown): Promise<void> =>
    this.#guard(async () => {
      const found = this.#found;
      this.#found = 0;
      const counted =
        found > 0 ? { reports: sql`${mailboxes.reports} + ${found}`, reportAt: sql`now()` } : {};
      if (!(await write(this.turn, { ...counted, place, readingUntil: claim }))) throw new LostTurn();
    });

  async #guard<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      this.isOurFault = true;
      throw error;
    }
  }
}
