/** Settles with the reason when this process is to end. */
export type StopRequest = { readonly asked: boolean; readonly reason: Promise<string> };

/**
 * Listens for every way in which a person or system ends the product: signals (Ctrl-C arrives several times, from the
 * terminal and from npm), and the end of the process that started us, which may have been killed without a word.
 */
export function listenForStop(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = false;
  const ask = (reason: string) => {
    asked = true;
    resolve(reason);
  };
  process.on('SIGINT', () => ask('Ctrl-C'));
  process.on('SIGTERM', () => ask('asked to'));
  process.on('SIGHUP', () => ask('the terminal was closed'));
  process.on('disconnect', () => ask('npm start was ended'));
  // When nobody reads what we say any more, that is no reason to die in the middle.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return {
    get asked() {
      return asked;
    },
    reason: promise,
  };
}
