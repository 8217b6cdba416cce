import { type SmtpConfig, startsWithTls } from './smtp-config';
import { type SmtpError, SmtpFailure } from './smtp-errors';

/* Says in one sentence what is wrong with a connection and what to do about it. */

const orAccept = 'or accept any certificate if the server is your own';
const unknown = `is signed by an authority that this machine does not know. Have the server send its whole chain of certificates, name the authority in NODE_EXTRA_CA_CERTS and start again, ${orAccept}`;

export const certificateProblems: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `is signed by itself. Check the server's name, ${orAccept}`,
  SELF_SIGNED_CERT_IN_CHAIN: unknown,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknown,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknown,
  CERT_HAS_EXPIRED: `is out of date. Have it renewed at the server, check the clock of this machine, ${orAccept}`,
  CERT_NOT_YET_VALID: `is not valid yet. Check the clock of this machine and the certificate at the server`,
  ERR_TLS_CERT_ALTNAME_INVALID: `is made out to another name. Enter the server's name as it stands in the certificate, ${orAccept}`,
};

export function describeFailure(failure: unknown, config: SmtpConfig): string {
  if (!(failure instanceof SmtpFailure)) return 'The connection could not be tried. Please try again.';
  const { error, stage } = failure;
  const place = `${config.host}:${config.port}`;
  const said = error.response ? ` It said: “${error.response.replace(/\s+/g, ' ').slice(0, 200)}”` : '';
  if (stage === 'login') return loginProblem(error, config, said);
  return (
    networkProblem(error, config, place) ??
    tlsProblem(error, config, place, said) ??
    `${place} refused the connection.${said || ` (${error.message})`}`
  );
}

function loginProblem(error: SmtpError, config: SmtpConfig, said: string): string {
  if (error.responseCode && error.responseCode >= 500)
    return `User name or password is not right for ${config.host}. Check both; some services want an app password.${said}`;
  if (error.responseCode)
    return `${config.host} cannot check the password at the moment. Try again in a few minutes.${said}`;
  if (error.code === 'EAUTH' && /encryption/.test(error.message))
    return `${config.host} offers no encryption on port ${config.port}, so the password was not sent. Try port 465 with TLS, or 587; or choose “No encryption” if the network in between is yours.`;
  if (error.code === 'EAUTH' && /sign in/.test(error.message))
    return `${config.host} offers no sign-in on port ${config.port}. Leave user name and password empty, or use port 587 or 465.`;
  return `${config.host} ended the connection while signing in. Check user name and password, and try port 587 or 465.`;
}

function networkProblem(error: SmtpError, config: SmtpConfig, place: string): string | undefined {
  if (error.code === 'EDNS')
    return `There is no server named “${config.host}”. Check the spelling; it often begins with “smtp.” or “mail.”.`;
  switch (error.originalCode) {
    case 'ECONNREFUSED':
      return `Nothing answers at ${place}. Check the port (usually 587 or 465) and that the server runs.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return `${config.host} cannot be reached from this machine. Check the network and the name of the server.`;
  }
  if (error.timeoutType === 'CONNECT_TIMEOUT' || error.originalCode === 'ETIMEDOUT')
    return `${place} did not answer in time. A firewall may block this port: many hosters block 25; try 587 or 465.`;
  if (error.timeoutType === 'GREETING_TIMEOUT') {
    const next = startsWithTls(config)
      ? 'Check the port: with TLS from the start it is usually 465.'
      : 'If it expects TLS from the start, choose that, usually with port 465.';
    return `${place} takes connections but does not greet as a mail server. ${next}`;
  }
  return undefined;
}

function tlsProblem(error: SmtpError, config: SmtpConfig, place: string, said: string): string | undefined {
  const code = error.originalCode ?? '';
  const reason = `${code} ${error.message}`;
  const fault =
    certificateProblems[code] ??
    (/certificate/i.test(error.message) ? `is not valid. Check the server's name, ${orAccept}` : undefined);
  if (fault) return `The certificate of ${config.host} ${fault}.`;
  if (/wrong.version.number|packet length/i.test(reason))
    return `${place} does not speak TLS from the start. Choose “Automatic” encryption, usually with port 587.`;
  if (/EPROTO|ERR_SSL/.test(reason))
    return `${place} and this machine have no encryption in common; TLS 1.2 or newer is needed. Have the server's TLS brought up to date, or try another port, usually 587 or 465.`;
  if (error.code === 'ETLS' || error.timeoutType === 'UPGRADE_TIMEOUT')
    return `${place} does not do STARTTLS. Choose “TLS from the start” with port 465, or another encryption.${said}`;
  if (error.code === 'ECONNECTION' && !error.response)
    return `${place} closed the connection without a word. Check port and encryption: 465 goes with TLS, 587 with STARTTLS.`;
  return undefined;
}
