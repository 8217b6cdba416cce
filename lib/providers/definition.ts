import { createHash } from 'node:crypto';
import type { ZodType } from 'zod';
import type { Channel, ProviderName } from '../db/states';
import type {
  ConnectionCheck,
  FrozenRequest,
  MessageOf,
  Provider,
  ProviderHooks,
  Replays,
  Reports,
  SendResult,
} from './provider';

/** One setting of a provider, as the settings page asks for it. */
export type ProviderField = {
  name: string;
  label: string;
  /** A secret goes in and is never shown again. */
  kind: 'text' | 'number' | 'secret' | 'choice' | 'switch';
  initial: string | number | boolean;
  placeholder?: string;
  help?: string;
  options?: { value: string; label: string }[];
  /** False: it does not decide where the secrets go, so that they need not be entered again when it changes. */
  guardsSecrets?: boolean;
  /** Share of a row on wide screens, of 12. */
  span?: number;
};

/** A provider with its settings filled in. */
export type Connection<On extends Channel = 'email'> = {
  maxBatch: number;
  send(batch: MessageOf[On][], signal: AbortSignal): Promise<SendResult[]>;
  replays?: ConnectionReplays<On>;
  check(signal: AbortSignal): Promise<ConnectionCheck>;
  close(): Promise<void>;
};

export type ConnectionReplays<On extends Channel> = Pick<Replays<never, On>, 'forMs' | 'freeze'> & {
  /** Differs when the settings do: another account knows nothing of a key. */
  account: string;
  send: (request: FrozenRequest, signal: AbortSignal) => Promise<SendResult[]>;
};

type Parsed<Value> = { ok: true; value: Value } | { ok: false; fields: Record<string, string> };

/** What the product knows of a kind of provider, its settings' type kept inside. */
type Definition<On extends Channel> = {
  name: ProviderName;
  channel: On;
  label: string;
  about: string;
  fields: ProviderField[];
  /** Messages a minute that a new sender begins with; null: as fast as the provider takes them. */
  perMinute: number | null;
  /** Checks settings and answers them in the form in which they are kept. */
  parse(raw: unknown): Parsed<Record<string, unknown>>;
  /** Where it sends through, in a few words without secrets. */
  summary(raw: unknown): string;
  /** Throws on settings that `parse` refuses. */
  open(raw: unknown, hooks: ProviderHooks): Connection<On>;
  reports?: Reports<unknown>;
};

export type ProviderDefinition = { [On in Channel]: Definition<On> }[Channel];

/** Ties an adapter to what people read about it. */
export function defineProvider<Config extends Record<string, unknown>, On extends Channel>(about: {
  label: string;
  about: string;
  fields: ProviderField[];
  perMinute: number | null;
  summary(config: Config): string;
  create(hooks: ProviderHooks): Provider<Config, On>;
  name: ProviderName;
  channel: On;
  config: Provider<Config, On>['config'];
  reports?: Reports<Config>;
}): Definition<On> {
  return {
    name: about.name,
    channel: about.channel,
    label: about.label,
    about: about.about,
    fields: about.fields,
    perMinute: about.perMinute,
    parse(raw) {
      const parsed = about.config.safeParse(raw);
      if (parsed.success) return { ok: true, value: parsed.data };
      const fields: Record<string, string> = {};
      for (const issue of parsed.error.issues) fields[String(issue.path[0] ?? '')] ??= issue.message;
      return { ok: false, fields };
    },
    summary: (raw) => about.summary(about.config.parse(raw)),
    ...(about.reports && { reports: reportsOf(about.config, about.reports) }),
    open(raw, hooks) {
      const config = about.config.parse(raw);
      const provider = about.create(hooks);
      return {
        maxBatch: provider.maxBatch,
        send: (batch, signal) => provider.send(config, batch, signal),
        ...(provider.replays && { replays: replaysOf(config, provider.replays) }),
        check: (signal) => provider.check(config, signal),
        close: () => provider.close(),
      };
    },
  };
}

const reportsOf = <Config>(
  schema: ZodType<Config>,
  { identify, ...reading }: Reports<Config>,
): Reports<unknown> => ({
  identify: (raw, report, now) => identify(schema.parse(raw), report, now),
  ...reading,
});

const replaysOf = <Config, On extends Channel>(
  config: Config,
  { forMs, account, freeze, send }: Replays<Config, On>,
): ConnectionReplays<On> => ({
  ...{ forMs, freeze },
  account: createHash('sha256').update(account(config)).digest('hex'),
  send: (request, signal) => send(config, request, signal),
});
