/** SQLSTATE classes and codes (PostgreSQL, appendix A) of a server that goes, is full or busy, or lets somebody else go first. */
const states = /^(?:08|53|57|58)|^(?:25006|40001|40P01|55P03)$/;
const network = /^(?:CONNECT|E(?:CONN|PIPE|TIMEDOUT|HOST|NET|AI_))/;

/** SQLSTATE codes of a transaction that was ended for another's sake. */
const forOthers = /^40(?:001|P01)$/;

/** Whether the transaction was rolled back, so that another could go on. */
export const gaveWay = (error: unknown): boolean => codesOf(error).some((code) => forOthers.test(code));

/** Whether a failure says that the database could not do it now, and not that it was asked for something wrong. */
export function isDatabaseAway(error: unknown): boolean {
  return codesOf(error).some((code) => states.test(code) || network.test(code));
}

function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && typeof cause.code === 'string') codes.push(cause.code);
  return codes;
}
