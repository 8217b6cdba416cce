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

/** Structured logs on standard output. No addresses or message contents at info level and above. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: withoutValues },
});
