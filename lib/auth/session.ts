import { eq } from 'drizzle-orm';
import { headers } from 'next/headers';
import NextAuth, { CredentialsSignin, type NextAuthConfig } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { cache } from 'react';
import { z } from 'zod';
import { members, workspaces } from '../db/schema/workspaces';
import { asUser } from '../db/scoped';
import type { Role } from '../db/states';
import { env } from '../env';
import { SessionId, type WorkspaceId } from '../ids';
import { cleanText } from '../text';
import { memberScope } from './principals';
import type { Scope } from './scope';
import { deriveKeys } from './secrets';
import { endSession, findSession, signIn as openSession, type Session } from './sign-in';

/** Carries our own answer through next-auth, which shows a caught CredentialsSignin's `code` to its caller. */
export class SignInRefused extends CredentialsSignin {
  constructor(readonly problemMessage: string) {
    super();
    this.code = 'refused';
  }
}

const Credential = z.object({ email: cleanText().max(320), password: z.string().max(1000) });
const Token = z.object({ sid: SessionId });

/**
 * The cookie is a signed and encrypted token that holds the session's id and nothing else of worth: who it is, and
 * whether it still lives, is read from the database at each request, so that ending a session acts at once.
 */
const { handlers, auth, signIn, signOut } = NextAuth((): NextAuthConfig => {
  const https = env().APP_URL.startsWith('https:');
  const cookie = (name: string) => ({
    name: https ? `__Host-posthaste.${name}` : `posthaste.${name}`,
    options: { httpOnly: true, sameSite: 'lax' as const, path: '/', secure: https },
  });
  return {
    secret: deriveKeys('session').map((key) => key.toString('base64')),
    trustHost: true,
    useSecureCookies: https,
    session: { strategy: 'jwt', maxAge: 30 * 24 * 3600 },
    cookies: { sessionToken: cookie('session'), csrfToken: cookie('csrf'), callbackUrl: cookie('callback') },
    pages: { signIn: '/sign-in' },
    logger: { error: () => undefined, warn: () => undefined },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        async authorize(raw, request) {
          const input = Credential.safeParse(raw);
          if (!input.success) throw new SignInRefused('E-mail or password is not right.');
          const result = await openSession({
            ...input.data,
            address: request.headers.get('x-forwarded-for') ?? 'unknown',
            userAgent: request.headers.get('user-agent'),
          });
          if (!result.ok) throw new SignInRefused(result.problem.message);
          return { id: result.value.user.id, sid: result.value.id };
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { ...token, sid: (user as { sid?: string }).sid } : token),
      session: ({ session, token }) => Object.assign(session, { sid: token.sid }),
    },
    events: {
      async signOut(message) {
        const token = Token.safeParse('token' in message ? message.token : undefined);
        if (token.success) await endSession(token.data.sid);
      },
    },
  };
});

export { handlers, signIn, signOut };

/** Who is signed in on this request, if anybody. Read once per request. */
export const currentSession = cache(async (): Promise<Session | undefined> => {
  const token = Token.safeParse(await auth());
  return token.success ? findSession(token.data.sid) : undefined;
});

export type Membership = { workspaceId: WorkspaceId; name: string; role: Role };

export type Member = {
  scope: Scope;
  session: Session;
  role: Role;
  workspace: { name: string; timeZone: string; country: string; postalAddress: string; contactCount: number };
  /** All workspaces of the person, in the order in which they came to them. */
  memberships: Membership[];
};

/** The signed-in person in the workspace that they chose, else in their first one: where a member's Scope comes from. */
export const currentMember = cache(async (): Promise<Member | undefined> => {
  const session = await currentSession();
  return session && findMember(session, (await headers()).get('x-forwarded-for'));
});

/** The same outside of a request's own cache, read anew: for streams that outlive their first look. */
export async function findMember(session: Session, address: string | null): Promise<Member | undefined> {
  const rows = await asUser(session.user.id, (tx) =>
    tx
      .select({ role: members.role, workspace: workspaces })
      .from(members)
      .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
      .where(eq(members.userId, session.user.id))
      .orderBy(members.createdAt, members.workspaceId),
  );
  const here = rows.find(({ workspace }) => workspace.id === session.workspaceId) ?? rows[0];
  if (!here) return undefined;
  const scope = await memberScope(here.workspace.id, session.user.id, address);
  if (!scope) return undefined; // removed at this moment
  const memberships = rows.map(({ role, workspace: { id, name } }) => ({ workspaceId: id, name, role }));
  return { scope, session, role: here.role, workspace: here.workspace, memberships };
}
