import type { ZodType } from 'zod';
import type { Channel, FailReason, ProviderName } from '../db/states';
import type { ApiKeyId, DeliveryId, UserId } from '../ids';

/** A finished e-mail. Nothing in it is a template any more, and no header value holds CR or LF. */
export type EmailMessage = {
  /** Null for a test send, which the ledger does not know. */
  deliveryId: DeliveryId | null;
  /** Who sends it as a test: the member or API key. */
  testedBy?: UserId | ApiKeyId | null;
  from: { name: string; address: string };
  to: { name: string; address: string };
  replyTo: string | null;
  subject: string;
  /** All other headers, Message-ID among them, in the order in which they go out. */
  headers: [name: string, value: string][];
  html: string;
  text: string;
  /** Must not begin to go out later than this moment of performance.now(): then its place in the throttle has passed. */
  until?: number;
};

/** A finished text message. */
export type SmsMessage = {
  /** Null for a test send, which the ledger does not know. */
  deliveryId: DeliveryId | null;
  /** As of an e-mail. */
  testedBy?: UserId | ApiKeyId | null;
  /** E.164. */
  to: string;
  body: string;
  /** Where the provider reports what becomes of it; null: nowhere. */
  statusCallback: string | null;
  /** As of an e-mail. */
  until?: number;
};

/** What goes out over a channel. */
export type MessageOf = { email: EmailMessage; sms: SmsMessage };

/** What became of one message. `in-doubt`: it may have gone out, and nobody can know. */
export type SendResult =
  | { outcome: 'sent'; providerMessageId: string }
  | {
      /** `expired`: its `until` had passed before anything of it went out. */
      outcome: 'retry' | 'throttled' | 'refused' | 'misconfigured' | 'in-doubt' | 'expired';
      reason: FailReason;
      /** What the provider said, for people; at most 500 characters, no secrets. */
      detail: string;
      retryAfterMs?: number;
      /** `misconfigured`, but said of this recipient: whether it is about our settings, the others tell. */
      ofRecipient?: true;
      /** In doubt for ever: sending the same request again would tell nothing. */
      isFinal?: true;
    };

/**
 * `accepted`: it went out, and no more is known. `deferred`: it was put off, and whoever has it goes on trying. `bounced`: came back for good. `soft_bounced`: this time, for a full mailbox
 * for one. `undelivered`: for a reason that is not its recipient's. `opted_out`: they have told the provider to stop.
 */
export type ProviderEventType =
  | ('accepted' | 'deferred' | 'delivered' | 'opened' | 'clicked')
  /** A program, and nobody, has followed all of its links. */
  | 'scanned'
  | ('bounced' | 'soft_bounced' | 'undelivered' | 'complained' | 'opted_out');

/** Events that a provider reports by itself, at once (the sandbox) or through a webhook. */
export type ProviderEvent = {
  deliveryId: DeliveryId;
  type: ProviderEventType;
  /** What was said when it came back, on one line of at most 500 characters. */
  detail?: string;
  /**
   * Of what came back for now, when nobody who had it tries again by themselves: we do, later. Names the message that came
   * back, so that one told of twice counts once.
   */
  returned?: string;
  /** Of a click that is played: any whole number, by which one of the links of the message is chosen. */
  choice?: number;
};

/** What came in at the address that a service reports to, as it came. `url`: the address as the service knows it. */
export type IncomingReport = { url: string; headers: Headers; body: Uint8Array };

/** What somebody has sent in answer to text messages. */
export type IncomingText = {
  /** The service's own id. */
  id: string;
  /** E.164. */
  from: string;
  text: string;
  /** What it means, if it is one of the words that services agree on. */
  asks: 'stop' | 'start' | 'help' | null;
  /** The service has answered it by itself. */
  isAnswered: boolean;
};

/** How a service's reports are read. */
export type Reports<Config> = {
  /** Undefined unless the report was signed for these settings a moment ago; else what tells it from all others. */
  identify: (config: Config, report: IncomingReport, now?: number) => string | undefined;
  /** What is kept of it until it is read; without this its body. */
  keep?: (report: IncomingReport) => string;
  /** What a report tells. Throws on what is none of the service's. */
  eventsOf: (kept: string) => ProviderEvent[];
  /** What somebody has written, if that is what came. */
  textOf?: (kept: string) => IncomingText | undefined;
  /** What the service wants to hear, if more than that it was kept: it sends `reply` to whoever wrote. */
  answer?: (reply: string | null) => { type: string; body: string };
};

export const expired: SendResult = {
  outcome: 'expired',
  reason: 'throttled',
  detail: 'Its moment had passed before it could go out.',
};

/** Stopped before anything of it went out. */
export const interrupted = {
  outcome: 'retry',
  reason: 'connection',
  detail: 'Interrupted before the message was out.',
} as const satisfies SendResult;

/** One request that sends several messages, byte for byte as it is sent, and sent again. Holds no secret. */
export type FrozenRequest = {
  /** By which the service knows the request again: the same key and bytes send nothing twice. */
  key: string;
  body: string;
  /** How many messages it sends. */
  count: number;
};

/** What an adapter does for a service that has idempotency keys. */
export type Replays<Config, On extends Channel> = {
  /** How long the service remembers a key at least, in milliseconds, with a margin for clocks. */
  forMs: number;
  /** What of the settings names the account: another one knows nothing of a key. */
  account: (config: Config) => string;
  /** The body of the one request that sends these messages. */
  freeze: (batch: MessageOf[On][]) => string;
  /**
   * Sends a request, for the first time or again, and once in either case. Whatever is not `sent` or `refused` of a request
   * that was sent before leaves it in doubt.
   */
  send: (config: Config, request: FrozenRequest, signal: AbortSignal) => Promise<SendResult[]>;
};

export type ConnectionCheck = { ok: true; detail: string } | { ok: false; problem: string };

/**
 * One way out. An adapter owns its settings and its protocol and nothing else: it touches no database, calls the
 * service once per message and never retries by itself.
 */
export interface Provider<Config, On extends Channel = 'email'> {
  readonly name: ProviderName;
  readonly channel: On;
  readonly config: ZodType<Config>;
  /** The most messages that `send` takes at once. */
  readonly maxBatch: number;
  /** One result per message, in order. Never throws for what a server or network does. */
  send(config: Config, batch: MessageOf[On][], signal: AbortSignal): Promise<SendResult[]>;
  /** Only where the service promises it: then a message in doubt is sent again, and never twice. */
  readonly replays?: Replays<Config, On>;
  /** Tries the settings without sending anything. The problem says what is wrong and what to do. */
  check(config: Config, signal: AbortSignal): Promise<ConnectionCheck>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

/** What an adapter may ask of the product. Most need none of it. */
export type ProviderHooks = {
  /** Keeps what would have gone out; answers an id for each message, in order. */
  store(messages: EmailMessage[]): Promise<string[]>;
  /** The same of text messages. */
  storeTexts(messages: SmsMessage[]): Promise<string[]>;
  /** Hands on what the provider knows of messages it has taken. */
  report(events: ProviderEvent[]): Promise<void>;
  /** How many attempts at these deliveries did not end in `sent`. */
  failedAttempts(deliveryIds: DeliveryId[]): Promise<Map<DeliveryId, number>>;
};
