/** An expected reason to stop: its message is all that a person sees. */
export class Stop extends Error {}

/** One line of progress. @param {string} line */
export function say(line) {
  console.log(`  ${line}`);
}
