import type { MailboxConfig } from './mailbox-config';

/** What becomes of a message: `taken` is a report of ours that is kept by now; everything else stays as it is. */
export type Taken = 'taken' | 'left';

/** What the reading of a mailbox calls. */
export type Reading = {
  /** How far it was read before, as `saved` was told; null: never. */
  place: unknown;
  /** Keeps what a message tells. When it resolves, that is durable; when it throws, the reading ends. */
  take: (message: Uint8Array) => Promise<Taken>;
  /** Is told how far it was read, after what was taken is marked in the mailbox. */
  save: (place: unknown) => Promise<void>;
  /** Whether others have waited long enough: what is left is for the next turn. */
  isEnough: () => boolean;
  signal: AbortSignal;
};

/** A way to read a mailbox. Whatever a server or network does is thrown, to be put into words by mailbox-problem.ts. */
export type MailboxClient = {
  /** Takes each message that came since, the oldest first. False: there may be more. */
  read(config: MailboxConfig, reading: Reading): Promise<boolean>;
  /** Signs in and looks at the folder, and changes nothing. Answers how many messages are there. */
  look(config: MailboxConfig, signal: AbortSignal): Promise<number>;
};

/** Milliseconds. */
export const mailboxTimeouts = {
  connect: 10_000,
  greeting: 10_000,
  /** Without a byte. */
  socket: 25_000,
  /** For one whole answer, or one message of it. */
  answer: 45_000,
};

/** What is wrong with a mailbox, where the server itself does not say it. */
export class MailboxFault extends Error {
  constructor(
    readonly fault:
      | 'login'
      | 'no-encryption'
      | 'no-uidl'
      | 'no-folder'
      | 'no-delete'
      | 'too-many'
      | 'greeting'
      | 'endless'
      | 'slow'
      | 'protocol',
    readonly said = '',
  ) {
    super(fault);
  }
}

/** So many messages in one go, so that one full mailbox keeps nobody waiting. */
export const mostMessages = 1000;
/** A message larger than that is nobody's report, and is left alone. */
export const mostMessageBytes = 20_000_000;
