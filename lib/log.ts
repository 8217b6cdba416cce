import pino from 'pino';
import { env } from './env';

/** Structured logs on standard output. No addresses or message contents at info level and above. */
export const log = pino({ level: env().LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime });
