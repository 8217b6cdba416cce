import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CannotStart, codeOf } from './cannot-start';

function tryPort(port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, () => probe.close(() => resolve(undefined)));
  });
}

/** Returns once the port can be used. Waits a little: a predecessor that was killed may be just leaving it. */
export async function waitForPort(port: number, patienceMs = 3000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (true) {
    const error = await tryPort(port);
    if (error === undefined) return;
    if (codeOf(error) === 'EACCES')
      throw new CannotStart(
        `PORT ${port} may not be used by this user. Choose one above 1023, e.g. PORT=3000 npm start.`,
      );
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    if (Date.now() >= deadline)
      throw new CannotStart(
        `PORT ${port} is used by another program. Stop that, or choose another port, e.g. PORT=${port < 65_535 ? port + 1 : 3000} npm start.`,
      );
    await delay(100);
  }
}
