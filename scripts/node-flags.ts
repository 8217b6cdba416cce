/**
 * Errors name the sources, by the maps of our own files. Node's flag for that reads the maps of all packages too, and has the
 * logger parse the worker's at once.
 */
const sourceMaps =
  "--import=data:text/javascript,import{setSourceMapsSupport}from'node:module';setSourceMapsSupport(true)";

/**
 * The flags of Node.js for a process of the product. The worker makes much that lives for a moment only: a small young
 * generation and an early look through the old one keep that out of the resident memory, at hardly any cost. Neither is
 * a limit, at which a large message or a wide row would end the process.
 */
export const nodeFlags = (name: string): string[] =>
  name === 'worker'
    ? [sourceMaps, '--max-semi-space-size=8', '--heap-growing-percent=40']
    : ['--enable-source-maps'];
