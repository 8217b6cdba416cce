import type { SmtpConfig } from './smtp-config';
import { SmtpFailure } from './smtp-connection';
import type { SmtpError } from './smtp-errors';

/* Says in one sentence what is wrong with a connection and what to do about it. */

const certificateProblems: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'signed by an authority that this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'signed by an authority that this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'signed by an authority that this machine does not know',
  CERT_HAS_EXPIRED: 'out of date',
  ERR_TLS_CERT_ALTNAME_INVALID: 'made out to another name',
};

export function describeFailure(failure: unknown, config: SmtpConfig): string {
  if (!(failure instanceof SmtpFailure)) return 'The connection could not be tried. Please try again.';
  const { error, stage } = failure;
  const place = `${config.host}:${config.port}`;
  const said = error.response ? ` It said: “${error.response.replace(/\s+/g, ' ').slice(0, 200)}”` : '';
  if (stage === 'login') return loginProblem(error, config, said);
  return (
    networkProblem(error, config, place) ??
    tlsProblem(error, config, place) ??
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
  if (error.timeoutType === 'GREETING_TIMEOUT')
    return `${place} takes connections but does not greet as a mail server. ${config.port === 465 ? 'Port 465 wants “TLS from the start”.' : 'If it expects TLS from the start, choose that, usually with port 465.'}`;
  return undefined;
}

function tlsProblem(error: SmtpError, config: SmtpConfig, place: string): string | undefined {
  const code = error.originalCode ?? '';
  const fault = certificateProblems[code] ?? (/certificate/i.test(error.message) ? 'not valid' : undefined);
  if (fault)
    return `The certificate of ${config.host} is ${fault}. Check the server's name, or accept any certificate if the server is your own.`;
  if (/wrong version|EPROTO|packet length|ERR_SSL/i.test(`${code} ${error.message}`))
    return `${place} does not speak TLS from the start. Choose “Automatic” encryption, usually with port 587.`;
  if (error.code === 'ETLS' || error.timeoutType === 'UPGRADE_TIMEOUT')
    return `${place} does not do STARTTLS properly. Choose “TLS from the start” with port 465, or another encryption.`;
  if (error.code === 'ECONNECTION' && !error.response)
    return `${place} closed the connection without a word. Check port and encryption: 465 goes with TLS, 587 with STARTTLS.`;
  return undefined;
}
