import pino from 'pino';
import { env } from './env';

/**
 * An error of the database holds the values of its statement, people's addresses among them: those are left out, also
 * where another error wraps it. So is the driver's `client`, which is a page long.
 */
export function withoutValues(error: unknown): unknown {
  let failed = error;
  while (failed instanceof Error && !('query' in failed)) failed = failed.cause;
  if (!(failed instanceof Error && 'query' in failed))
    return error instanceof Error ? { ...pino.stdSerializers.err(error), client: undefined } : error;
  const { type, message, stack } = pino.stdSerializers.err(
    failed.cause instanceof Error ? failed.cause : failed,
  );
  return { type, message, query: failed.query, stack };
}

/**
 * What a line is made of, as far as it matters: escapes of JSON, of which the letters belong to nobody, and words with what
 * makes addresses of them. A word is looked at once, whole: a long one would take its square otherwise.
 */
const parts = /(\\(?:u[\da-f]{4}|.))|[\p{L}\p{N}._%+'-]+(@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)?/gu;
const phone = /\+\d{7,15}(?!\d)/g;

/** A line of the log without addresses and phone numbers, wherever it has them: whatever others say, in errors too, may quote them. */
export const withoutAddresses = (line: string): string =>
  line.replace(parts, (part: string, escaped?: string, domain?: string) =>
    escaped === undefined ? (domain === undefined ? part.replace(phone, '…') : '…') : part,
  );

/** Structured logs on standard output. No addresses or message contents. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: withoutValues },
  hooks: { streamWrite: withoutAddresses },
});
