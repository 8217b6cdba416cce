import { CannotStart, codeOf } from './cannot-start';

/** Why a server of one's own cannot be used, in a sentence that says what to do and shows no password. */
export function connectProblem(url: string, error: unknown): Error {
  const { hostname, port, username, pathname, searchParams } = new URL(url);
  const where = `${hostname}:${port || '5432'}`;
  const role = decodeURIComponent(username);
  const database = decodeURIComponent(pathname.slice(1));
  const closed = searchParams.has('sslmode')
    ? `${where} closed the connection. Check that it is PostgreSQL, and that it offers TLS; if it does not, take ?sslmode away`
    : `${where} closed the connection. Check that it is PostgreSQL, and whether it asks for ?sslmode=require`;
  const sentences: Record<string, string> = {
    ECONNREFUSED: `nothing answers at ${where}. Start PostgreSQL there, or correct host and port`,
    ENOTFOUND: `there is no host "${hostname}". Correct it`,
    EAI_AGAIN: `the host "${hostname}" could not be looked up. Check the name and the network`,
    CONNECT_TIMEOUT: `${where} does not answer. Check host, port and firewall`,
    ETIMEDOUT: `${where} does not answer. Check host, port and firewall`,
    EHOSTUNREACH: `${where} cannot be reached. Check host and network`,
    ENETUNREACH: `${where} cannot be reached. Check host and network`,
    CONNECTION_CLOSED: closed,
    ECONNRESET: closed,
    '28P01': `${where} refuses the password of "${role}". Correct user name and password`,
    '28000': `${where} does not let "${role}" in. Check the user name, pg_hba.conf, and whether it asks for ?sslmode=require`,
    '3D000': `there is no database "${database}" at ${where}. Create it (createdb ${database}), or correct the name`,
    '42501': `the role "${role}" lacks a right at ${where}. Grant it the database, or use its owner`,
    '53300': `${where} has no connection left. Raise max_connections, or stop what uses them`,
    '57P03': `${where} is just starting or stopping. Try again in a moment`,
  };
  const code = codeOf(error);
  const isIncomplete = (role === '' || database === '') && ['28P01', '28000', '3D000'].includes(code);
  const sentence = isIncomplete
    ? 'it lacks the user or the database. Give both, like postgres://user:password@localhost:5432/posthaste'
    : /CERT|ERR_TLS|UNABLE_TO_GET_ISSUER/.test(code)
      ? `the certificate of ${where} is not trusted (${code}). Name its authority in NODE_EXTRA_CA_CERTS, or encrypt without checking by ?sslmode=require`
      : sentences[code];
  if (sentence === undefined) return error instanceof Error ? error : new Error(String(error));
  return new CannotStart(`DATABASE_URL cannot be used: ${sentence}, and start again.`);
}
