/** SQLSTATE classes and codes (PostgreSQL, appendix A) of a server that goes, is full or busy, or lets somebody else go first. */
const states = /^(?:08|53|57|58)|^(?:25006|40001|40P01|55P03)$/;
const network = /^(?:CONNECT|E(?:CONN|PIPE|TIMEDOUT|HOST|NET|AI_))/;

/** Whether a failure says that the database could not do it now, and not that it was asked for something wrong. */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (states.test(code) || network.test(code)) return true;
  }
  return false;
}
