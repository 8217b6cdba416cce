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

/** Addresses and phone numbers, wherever a line has them: whatever others say, in errors too, may quote them. */
const personal = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|\+\d{7,15}(?!\d)/gu;

/** A line of the log without addresses and phone numbers. */
export const withoutAddresses = (line: string): string => line.replace(personal, '…');

/** Structured logs on standard output. No addresses or message contents. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: withoutValues },
  hooks: { streamWrite: withoutAddresses },
});
