/** The moments of a hand-over at which a worker may fail, in their order. */
export const failpoints = [
  'before the claim',
  'after the claim',
  'after the hand-over was written down',
  'before the call',
  'after the call',
  'after the settlement',
] as const;
export type Failpoint = (typeof failpoints)[number];

/** Files by which a worker that has come to its failpoint and its test tell each other. */
export const reachedFile = 'reached';
export const goOnFile = 'go-on';
