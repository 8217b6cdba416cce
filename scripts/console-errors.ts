import { log } from '@/lib/log';

/**
 * Next.js writes errors of pages to the console, with the values of a database's statement in them. They go to our log
 * instead, which leaves those out.
 */
export function logConsoleErrors(): void {
  console.error = (...said: unknown[]) => {
    const error = said.find((part) => part instanceof Error);
    const words = said.filter((part) => typeof part === 'string').join(' ');
    log.error({ err: error }, words === '' ? 'a page failed' : words);
  };
}
