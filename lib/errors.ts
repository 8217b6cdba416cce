/** Why something that was asked for did not happen. Closed: every border maps each of these to its own answer. */
export type ProblemCode =
  | 'invalid' // the input is wrong; `fields` names what
  | 'unauthenticated'
  | 'forbidden' // you see it, but may not do this
  | 'not_found' // it does not exist, or it is not yours: never say which
  | 'conflict' // right input, wrong moment: somebody else was faster, or the state forbids it
  | 'too_large'
  | 'rate_limited'
  | 'unavailable'; // a part we rely on is down; trying again later can help

/** An expected failure, told to a person. `message` says what happened and what to do next, in plain words. */
export type Problem = {
  code: ProblemCode;
  message: string;
  fields?: Record<string, string>;
  retryAfterSeconds?: number;
};

export type Result<Value> = { ok: true; value: Value } | { ok: false; problem: Problem };

export function ok(): Result<undefined>;
export function ok<Value>(value: Value): Result<Value>;
export function ok<Value>(value?: Value): Result<Value | undefined> {
  return { ok: true, value };
}

export function fail(
  code: ProblemCode,
  message: string,
  more: Omit<Problem, 'code' | 'message'> = {},
): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, message, ...more } };
}

/** The same answer for what never was and for what is somebody else's. */
export const notFound = (what: string) =>
  fail('not_found', `This ${what} does not exist, or you have no access to it.`);

export const httpStatus: Record<ProblemCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
};
