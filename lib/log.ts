import pino from 'pino';
import { env } from './env';

/** An error of the database holds the values of its statement, people's addresses among them: those are left out. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!('query' in error) || !(error.cause instanceof Error)) return pino.stdSerializers.err(error);
  const cause = pino.stdSerializers.err(error.cause);
  return { type: cause.type, message: cause.message, query: error.query, stack: cause.stack };
}

/** Structured logs on standard output. No addresses or message contents at info level and above. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: withoutValues },
});
