import { createHash } from 'node:crypto';
import { z } from 'zod';
import { noteDenial } from '../auth/denials';
import { may } from '../auth/policy';
import { tokenScope } from '../auth/principals';
import { keyOf, type Scope } from '../auth/scope';
import { fail, httpStatus, ok, type Problem, type Result } from '../errors';
import { log } from '../log';
import { readAtMost, readAway } from '../read-at-most';
import type { Contract } from './contract';
import { once, type Reply } from './idempotency';
import { inputWords } from './input-words';
import { countCall } from './limit';

/*
 * The door of the HTTP API. A route handler under app/api/v1 is written with it and in no other way. Who asks is said by
 * the key in `Authorization` alone: a browser adds no such header by itself, so no other site can act through somebody's
 * session.
 */

/** The longest JSON body: a message of a million characters fits, however they are escaped. */
const maxBodyBytes = 4 * 1024 ** 2;

type Call<Params, Query, Body> = {
  scope: Scope;
  params: Params;
  query: Query;
  body: Body;
  /** Of a route that takes a stream. */
  upload: { body: ReadableStream<Uint8Array> | null; announcedBytes: number | null };
};

/** Next.js has no params for an address without any, whatever its types say. */
type Context = { params: Promise<Record<string, string | string[] | undefined> | undefined> };

export type ApiRoute = ((request: Request, context: Context) => Promise<Response>) & {
  readonly contract: Contract;
};

/** A route of the API for keys that hold `permission`. */
export function apiRoute<
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodUndefined,
>(
  contract: Contract<Params, Query, Body, Answer>,
  run: (
    call: Call<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<Result<z.output<Answer>> | Response>,
): ApiRoute {
  const answer = async (request: Request, context: Context): Promise<Response> => {
    try {
      const token = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1];
      const scope = token && (await tokenScope(token, request.headers.get('x-forwarded-for')));
      const keyId = scope && keyOf(scope);
      if (!keyId) return refuse(noKey(), { 'WWW-Authenticate': 'Bearer realm="Posthaste"' });
      const { waitSeconds, headers } = await countCall(keyId);
      if (waitSeconds > 0) return refuse(tooFast(waitSeconds), headers);
      const response = await admit(contract, run, scope, request, context);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      return response;
    } catch (error) {
      log.error({ err: error, path: new URL(request.url).pathname }, 'a route of the API failed');
      return refuse(unexpected());
    } finally {
      void readAway(request.body);
    }
  };
  return Object.assign(answer, { contract });
}

const noKey = () =>
  fail('unauthenticated', 'Send an API key that is valid: "Authorization: Bearer ph_…".').problem;
const tooFast = (retryAfterSeconds: number) =>
  fail('rate_limited', `Too many calls with this key. Wait ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  }).problem;
const unexpected = () =>
  fail('unavailable', 'Something went wrong on our side. Please try again.', { retryAfterSeconds: 5 })
    .problem;

async function admit<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(
  contract: Contract<Params, Query, Body, Answer>,
  run: (
    call: Call<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<Result<z.output<Answer>> | Response>,
  scope: Scope,
  request: Request,
  context: Context,
): Promise<Response> {
  const url = new URL(request.url);
  const note = (said?: string) =>
    noteDenial(scope, { permission: contract.permission, path: url.pathname, said });
  if (!may(scope, contract.permission)) {
    await note();
    return refuse(fail('forbidden', 'The role of this key does not allow this.').problem);
  }
  const params = (contract.params ?? z.object({})).safeParse((await context.params) ?? {}, inWords);
  if (!params.success) return nothingHere();
  const query = (contract.query ?? z.strictObject({})).safeParse(
    Object.fromEntries(url.searchParams),
    inWords,
  );
  if (!query.success) return refuse(problemOf(query.error));
  const given = contract.takes ? streamed(request) : await readJson(request, contract.body);
  if (!given.ok) return refuse(given.problem);
  const { body, upload, bodyHash } = given.value;

  let direct: Response | undefined;
  const work = async (): Promise<Reply> => {
    const call = { scope, params: params.data, query: query.data, body, upload };
    const result = await run(call as Call<z.output<Params>, z.output<Query>, z.output<Body>>);
    if (result instanceof Response) {
      direct = result;
      return { status: result.status, answer: null };
    }
    if (!result.ok) {
      // More was lacking than the permission: a list that grants too little.
      if (result.problem.code === 'forbidden') await note(result.problem.message);
      return replyOf(result.problem);
    }
    return {
      status: contract.status,
      answer: contract.answer && z.encode(contract.answer, result.value),
    };
  };

  const key = request.method === 'POST' ? idempotencyKey(request) : ok(null);
  if (!key.ok) return refuse(key.problem);
  if (key.value === null) {
    const reply = await work();
    return direct ?? respond(reply);
  }
  const order = { key: key.value, request: `POST ${url.pathname}${url.search}`, bodyHash };
  const done = await once(scope, order, work);
  void readAway(upload.body);
  if (!done.ok) return refuse(done.problem);
  return respond(done.value, done.value.again ? { 'Idempotent-Replayed': 'true' } : {});
}

/** For an address that leads nowhere, or could not be anybody's. */
export const nothingHere = (): Response =>
  refuse(fail('not_found', 'There is nothing at this address, or you have no access to it.').problem);

function idempotencyKey(request: Request): Result<string | null> {
  const key = request.headers.get('idempotency-key');
  if (key === null) return ok(null);
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return ok(key);
  const message = 'An Idempotency-Key is 1 to 200 characters of ASCII, without spaces.';
  return fail('invalid', message, { fields: { 'Idempotency-Key': message } });
}

type Given = Pick<Call<never, never, unknown>, 'body' | 'upload'> & { bodyHash: () => Promise<Buffer> };

async function readJson(request: Request, schema: z.ZodType | undefined): Promise<Result<Given>> {
  const tooLarge = () => fail('too_large', 'The body is larger than 4 MB.');
  if (Number(request.headers.get('content-length')) > maxBodyBytes) return tooLarge();
  const bytes = await readAtMost(request, maxBodyBytes);
  if (!bytes) return tooLarge();
  const rest = {
    upload: { body: null, announcedBytes: null },
    bodyHash: async () => createHash('sha256').update(bytes).digest(),
  };
  if (!schema) return ok({ body: undefined, ...rest });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return fail('invalid', 'The body is no JSON in UTF-8.');
  }
  const body = schema.safeParse(json, inWords);
  return body.success
    ? ok({ body: body.data, ...rest })
    : { ok: false, problem: problemOf(body.error, 'body') };
}

/** Hashes what passes, so that a body that is never held in memory can be told from another. */
function streamed(request: Request): Result<Given> {
  const length = request.headers.get('content-length');
  const announcedBytes = length === null ? null : Number(length);
  const hash = createHash('sha256');
  const isKeyed = request.headers.has('idempotency-key');
  const body = isKeyed ? (request.body?.pipeThrough(hashing(hash)) ?? null) : request.body;
  return ok({
    body: undefined,
    upload: { body, announcedBytes },
    bodyHash: async () => {
      await readAway(body);
      return hash.digest();
    },
  });
}

const hashing = (hash: ReturnType<typeof createHash>) =>
  new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      hash.update(chunk);
      controller.enqueue(chunk);
    },
  });

const inWords = { error: inputWords };

/** What is wrong with an input, the first of each field. */
function problemOf(error: z.ZodError, whole = 'query'): Problem {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) fields[[...issue.path, key].join('.')] ??= 'There is no such field.';
    else fields[issue.path.join('.') || whole] ??= issue.message;
  }
  const [first] = Object.entries(fields);
  const message = first ? `Please check "${first[0]}": ${first[1]}` : 'Please check what you sent.';
  return fail('invalid', message, { fields }).problem;
}

const replyOf = (problem: Problem): Reply => ({
  status: httpStatus[problem.code],
  answer: { error: { code: problem.code, message: problem.message, details: problem.fields } },
});

function refuse(problem: Problem, headers: Record<string, string> = {}): Response {
  const { retryAfterSeconds } = problem;
  return respond(replyOf(problem), {
    ...headers,
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
  });
}

function respond({ status, answer }: Reply, more: Record<string, string> = {}): Response {
  const headers = { 'Cache-Control': 'no-store', ...more };
  return status === 204
    ? new Response(null, { status, headers })
    : Response.json(answer, { status, headers });
}
