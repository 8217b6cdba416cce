import { headers } from 'next/headers';
import { forbidden, notFound as nextNotFound, redirect, unstable_rethrow } from 'next/navigation';
import type { NextRequest } from 'next/server';
import type { ReactNode } from 'react';
import type { z } from 'zod';
import { noteDenial } from './auth/denials';
import { isOwnOrigin } from './auth/origin';
import { may, type Permission } from './auth/policy';
import type { Scope } from './auth/scope';
import { currentMember, currentSession, findMember, type Member } from './auth/session';
import { findSession, hasUsers, type Session } from './auth/sign-in';
import { fail, httpStatus, type Problem, type Result } from './errors';
import { eventStream, hasAllStreams } from './event-stream';
import { type Watched, watch } from './live/watch';
import { log } from './log';
import { readAway } from './read-at-most';

/*
 * The doors of the web app. A server action, route handler or page of the signed-in part is written with one of these
 * and in no other way: they find the person, make the Scope, check the permission and parse the input, so that
 * forgetting means denial.
 */

const unexpected = () =>
  fail('unavailable', 'Something went wrong on our side. Nothing was changed. Please try again.');

/** Field paths and messages of a refused input, the first per field. */
function problemOf(error: z.ZodError): { ok: false; problem: Problem } {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) fields[issue.path.join('.')] ??= issue.message;
  return fail('invalid', 'Please check what you entered.', { fields });
}

const signedOut = () => fail('unauthenticated', 'You are signed out. Sign in and try again.');

async function authorize(permission: Permission): Promise<Result<Member>> {
  const member = await currentMember();
  if (!member) return signedOut();
  if (await isOfAnotherWorkspace(member.scope)) return movedOn();
  if (may(member.scope, permission)) return { ok: true, value: member };
  await noteDenial(member.scope, { permission, path: await pathAsked() });
  return fail('forbidden', 'Your role does not allow this. Ask an admin of the workspace.');
}

/** Whether the page that asks was drawn for another workspace than the session is in by now (components/workspace-stamp.ts). */
async function isOfAnotherWorkspace({ workspaceId }: Scope): Promise<boolean> {
  const drawnFor = (await headers()).get('x-posthaste-workspace');
  return drawnFor !== null && drawnFor !== workspaceId;
}

const movedOn = () =>
  fail(
    'conflict',
    'You are in another workspace by now, so nothing was done. Reload this page to see which, and go back in the menu with your name.',
  );

/** The path of this request, said by our own server (scripts/forwarded.ts). */
const pathAsked = async (): Promise<string> => (await headers()).get('x-posthaste-path') ?? '';

/** Notes it when a verb of lib refuses what the permission alone would allow: a list that grants too little. */
async function noted<Value>(
  scope: Scope,
  permission: Permission,
  result: Result<Value>,
): Promise<Result<Value>> {
  if (!result.ok && result.problem.code === 'forbidden')
    await noteDenial(scope, { permission, path: await pathAsked(), said: result.problem.message });
  return result;
}

/** A server action for whoever holds `permission`. Never throws to the browser: bugs are logged and told as a problem. */
export function authorizedAction<Schema extends z.ZodType, Value>(
  permission: Permission,
  schema: Schema,
  run: (scope: Scope, input: z.output<Schema>) => Promise<Result<Value>>,
): (input: z.input<Schema>) => Promise<Result<Value>> {
  return async (raw) => {
    try {
      const member = await authorize(permission);
      if (!member.ok) return member;
      const input = schema.safeParse(raw);
      if (!input.success) return problemOf(input.error);
      const { scope } = member.value;
      return await noted(scope, permission, await run(scope, input.data));
    } catch (error) {
      unstable_rethrow(error);
      log.error({ err: error, permission }, 'a server action failed');
      return unexpected();
    }
  };
}

/** A server action that needs nobody signed in. The name is the warning: what it does is open to the world. */
export function unsafePublicAction<Schema extends z.ZodType, Value>(
  schema: Schema,
  run: (input: z.output<Schema>) => Promise<Result<Value>>,
): (input: z.input<Schema>) => Promise<Result<Value>> {
  return async (raw) => {
    try {
      const input = schema.safeParse(raw);
      return input.success ? await run(input.data) : problemOf(input.error);
    } catch (error) {
      unstable_rethrow(error);
      log.error({ err: error }, 'a public action failed');
      return unexpected();
    }
  };
}

/** A server action for whoever is signed in, a member of something or not: for what hangs from a person alone. */
export function signedInAction<Schema extends z.ZodType, Value>(
  schema: Schema,
  run: (session: Session, input: z.output<Schema>) => Promise<Result<Value>>,
): (input: z.input<Schema>) => Promise<Result<Value>> {
  return async (raw) => {
    try {
      const session = await currentSession();
      if (!session) return signedOut();
      const input = schema.safeParse(raw);
      return input.success ? await run(session, input.data) : problemOf(input.error);
    } catch (error) {
      unstable_rethrow(error);
      log.error({ err: error }, 'an action of a signed-in person failed');
      return unexpected();
    }
  };
}

const problemResponse = (problem: Problem): Response =>
  Response.json(
    { error: { code: problem.code, message: problem.message, details: problem.fields } },
    {
      status: httpStatus[problem.code],
      headers: problem.retryAfterSeconds ? { 'Retry-After': String(problem.retryAfterSeconds) } : {},
    },
  );

type Params = Record<string, string | string[] | undefined>;

/** A route handler for whoever holds `permission`. Mutations from another origin are refused. */
export function authorizedRoute(
  permission: Permission,
  run: (scope: Scope, request: NextRequest, params: Params) => Promise<Response | Result<unknown>>,
) {
  return async (request: NextRequest, context: { params: Promise<Params> }): Promise<Response> => {
    try {
      const mutates = request.method !== 'GET' && request.method !== 'HEAD';
      if (mutates && !isOwnOrigin(request.headers))
        return problemResponse(fail('forbidden', 'This request came from another site.').problem);
      const member = await authorize(permission);
      if (!member.ok) return problemResponse(member.problem);
      const { scope } = member.value;
      const answer = await run(scope, request, await context.params);
      if (answer instanceof Response) return answer;
      await noted(scope, permission, answer);
      return answer.ok ? Response.json(answer.value) : problemResponse(answer.problem);
    } catch (error) {
      log.error({ err: error, path: request.nextUrl.pathname }, 'a route failed');
      return problemResponse(unexpected().problem);
    } finally {
      void readAway(request.body);
    }
  };
}

type Stream<Value> = {
  /** Whose changes are looked for. */
  of: Watched;
  /** What is sent, as often as it changes; nothing: the stream ends. */
  read: (scope: Scope) => Promise<Value | undefined>;
  isLast: (value: Value) => boolean;
};

/**
 * A route of server-sent events for whoever holds `permission`. Who it is and what they may is read anew before each look,
 * and a change of it is such a look: a session that was ended, a role that was changed and a member who was removed end the
 * stream at once.
 */
export function authorizedStream<Value>(
  permission: Permission,
  open: (scope: Scope, params: Params) => Promise<Result<Stream<Value>>>,
) {
  return authorizedRoute(permission, async (scope, request, params) => {
    const opened = await open(scope, params);
    if (!opened.ok) return opened;
    const { of, read, isLast } = opened.value;
    const session = await currentSession();
    if (!session) return signedOut();
    if (hasAllStreams(session.user.id))
      return fail(
        'rate_limited',
        'You have too many pages open that follow what changes. Close some of them.',
        {
          retryAfterSeconds: 10,
        },
      );
    return eventStream(
      request,
      async () => {
        const still = await findSession(session.id);
        const member = still && (await findMember(still, scope.address));
        const here = member?.scope.workspaceId === scope.workspaceId;
        return member && here && may(member.scope, permission) ? read(member.scope) : undefined;
      },
      { reader: session.user.id, changes: watch([of, session.user.id]), isLast },
    );
  });
}

type PageProps = { params: Promise<Params>; searchParams: Promise<Params> };

/** A page for whoever holds `permission`; others are sent to set-up or sign-in, or see that it is not theirs. */
export function authorizedPage(
  permission: Permission,
  render: (scope: Scope, page: { params: Params; search: Params; member: Member }) => Promise<ReactNode>,
) {
  return async ({ params, searchParams }: PageProps): Promise<ReactNode> => {
    const member = await authorize(permission);
    if (!member.ok) {
      if (member.problem.code === 'forbidden') forbidden();
      if (await currentSession()) redirect('/no-workspace');
      redirect((await hasUsers()) ? '/sign-in' : '/setup');
    }
    return render(member.value.scope, {
      params: await params,
      search: await searchParams,
      member: member.value,
    });
  };
}

/** A page for whoever is signed in, a member of something or not. */
export function signedInPage(
  render: (session: Session, page: { params: Params; member: Member | undefined }) => Promise<ReactNode>,
) {
  return async ({ params }: PageProps): Promise<ReactNode> => {
    const session = await currentSession();
    if (!session) redirect((await hasUsers()) ? '/sign-in' : '/setup');
    return render(session, { params: await params, member: await currentMember() });
  };
}

/** Takes a lib result apart in a page: what is not there is a 404. */
export function valueOrNotFound<Value>(result: Result<Value>): Value {
  if (!result.ok) nextNotFound();
  return result.value;
}
