import { z } from 'zod';
import type { FailReason } from '../db/states';
import { type HttpAnswer, oneLine, parseJson, retryAfterMs } from './http-client';
import type { ConnectionCheck, SendResult } from './provider';

type Failure = Exclude<SendResult, { outcome: 'sent' }>;
type Outcome = Failure['outcome'];

const Problem = z
  .object({ name: z.string().catch(''), message: z.string().catch('') })
  .catch({ name: '', message: '' });
type Problem = z.output<typeof Problem>;

/** What Resend says of a request that it did not take: `{ name, message }`. Also of what a proxy before it says. */
function problemOf({ status, body }: HttpAnswer): Problem {
  const { name, message } = Problem.parse(parseJson(body));
  return { name, message: message || `It answered ${status}.` };
}

/** Nothing says when a used-up quota is there again; a plan that is raised meanwhile must not wait for long. */
const quotaMs = 10 * 60_000;
/** The first of two requests with one key is still being worked on. */
const concurrentMs = 2_000;

/** Turns an answer that takes nothing into the one outcome that is true of the whole request (resend.com/docs/api-reference/errors). */
function classify(answer: HttpAnswer): Failure {
  const problem = problemOf(answer);
  const detail = oneLine(`${answer.status} ${problem.name} ${problem.message}`);
  const waitMs = retryAfterMs(answer);
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  if (answer.status === 429) {
    const isQuota = problem.name.endsWith('quota_exceeded');
    return {
      ...{ outcome: 'throttled', reason: 'throttled', detail },
      ...(isQuota ? { retryAfterMs: Math.max(waitMs ?? 0, quotaMs) } : wait),
    };
  }
  if (answer.status === 409) return idempotencyFailure(problem, detail);
  // It broke down, or what stands before it did: it may have taken the request.
  if (answer.status >= 500 || answer.status === 408)
    return { outcome: 'in-doubt', reason: 'in_doubt', detail, ...wait };
  const [outcome, reason] = refusal(answer.status, problem);
  return { outcome, reason, detail };
}

function idempotencyFailure({ name }: Problem, detail: string): Failure {
  const doubt = { outcome: 'in-doubt', reason: 'in_doubt', detail } as const;
  return name === 'concurrent_idempotent_requests'
    ? { ...doubt, retryAfterMs: concurrentMs }
    : { ...doubt, isFinal: true };
}

function refusal(status: number, { name, message }: Problem): [Outcome, FailReason] {
  const wrongKey = /api.?key|permission|access/i.test(name) || /\bapi key\b/i.test(message);
  if (status === 401 || wrongKey) return ['misconfigured', 'authentication'];
  // 403: a domain that is not verified, or an account that may only write to itself yet
  if (status === 403 || name === 'invalid_from_address') return ['misconfigured', 'sender_refused'];
  // No such path, or not this method: whatever answers, it is not Resend.
  if (status < 400 || status === 404 || status === 405) return ['misconfigured', 'authentication'];
  return aboutField(message);
}

/** What is said of one message: Resend names the field, as in “Invalid `to` field”. */
function messageFailure(message: string): Failure {
  const [outcome, reason] = aboutField(message);
  return { outcome, reason, detail: oneLine(message) };
}

function aboutField(message: string): [Outcome, FailReason] {
  if (/[`'"]to[`'"]/i.test(message)) return ['refused', 'address_refused'];
  if (/[`'"](?:from|reply_to)[`'"]/i.test(message)) return ['misconfigured', 'sender_refused'];
  return ['refused', 'content_refused'];
}

const Accepted = z.object({
  data: z.array(z.object({ id: z.string().min(1) })),
  errors: z.array(z.object({ index: z.int(), message: z.string() })).default([]),
});

/**
 * What became of each message of a request. An answer that takes it holds the ids of what was taken, in order, and beside them
 * what was refused, by its place in the request.
 */
export function resultsOf(answer: HttpAnswer, count: number): SendResult[] {
  const all = (result: SendResult) => Array.from({ length: count }, () => result);
  if (answer.status < 200 || answer.status > 299) return all(classify(answer));
  const accepted = Accepted.safeParse(parseJson(answer.body));
  const unclear: SendResult = {
    ...{ outcome: 'in-doubt', reason: 'in_doubt', isFinal: true },
    detail: 'It accepted the request and did not say what became of this message.',
  };
  const { data = [], errors = [] } = accepted.data ?? {};
  if (data.length + errors.length !== count) return all(unclear);
  const ids = data.values();
  const refused = new Map(errors.map(({ index, message }) => [index, message]));
  return Array.from({ length: count }, (_, n): SendResult => {
    const message = refused.get(n);
    if (message !== undefined) return messageFailure(message);
    const taken = ids.next();
    return taken.done ? unclear : { outcome: 'sent', providerMessageId: taken.value.id };
  });
}

/** What the answer to a question that needs the key says of it. */
export function checked(answer: HttpAnswer, host: string): ConnectionCheck {
  const { name, message } = problemOf(answer);
  if (answer.status === 200) return { ok: true, detail: `${host} knows this key.` };
  if (name === 'restricted_api_key') return { ok: true, detail: `${host} knows this key: it may send.` };
  if (answer.status === 429)
    return { ok: false, problem: `${host} has too much to do for this account. Try again in a minute.` };
  if (answer.status >= 500)
    return { ok: false, problem: `${host} does not work at the moment. Try again later.` };
  return {
    ok: false,
    problem: `The key is not right: ${host} says “${message.replace(/\.$/, '')}”. Copy it again from your account.`,
  };
}
