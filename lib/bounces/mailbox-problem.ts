import { certificateProblems } from '../providers/smtp-check';
import { MailboxFault } from './mailbox';
import { type MailboxConfig, startsWithTls } from './mailbox-config';

/** Says in one sentence what is wrong with a mailbox, and what to do about it. */
export function describeMailbox(error: unknown, config: MailboxConfig): string {
  const place = `${config.host}:${config.port}`;
  const facts = factsOf(error);
  return (
    loginProblem(error, facts, config) ??
    answerProblem(error, place) ??
    folderProblem(error, config) ??
    networkProblem(facts, config, place) ??
    tlsProblem(facts, config, place) ??
    `${place} ended the session, or said something that is not understood. Check protocol, port and encryption.${quoted(facts.said)}`
  );
}

/** What errors of Node and of the IMAP client say of themselves. */
type Facts = { codes: string[]; said: string; isLogin: boolean; message: string };

function factsOf(error: unknown): Facts {
  const facts: Facts = { codes: [], said: '', isLogin: false, message: '' };
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    facts.message += ` ${at.message}`;
    if ('code' in at && typeof at.code === 'string') facts.codes.push(at.code);
    if ('authenticationFailed' in at && at.authenticationFailed === true) facts.isLogin = true;
    if ('responseText' in at && typeof at.responseText === 'string') facts.said ||= at.responseText;
    if (at instanceof MailboxFault) facts.said ||= at.said;
  }
  return facts;
}

const quoted = (said: string) => {
  const line = said.replace(/\s+/g, ' ').trim().slice(0, 200);
  return line === '' ? '' : ` It said: “${line}”`;
};

function loginProblem(error: unknown, { isLogin, said }: Facts, { host, port }: MailboxConfig) {
  if (isLogin || (error instanceof MailboxFault && error.fault === 'login'))
    return `User name or password is not right for ${host}. Check both; many providers want a password made for apps, and some take none at all any more.${quoted(said)}`;
  if (error instanceof MailboxFault && error.fault === 'no-encryption')
    return `${host} offers no encryption on port ${port}, so the password was not sent. Try port 993 for IMAP or 995 for POP3; or choose “No encryption” if the network in between is yours.`;
  return undefined;
}

function answerProblem(error: unknown, place: string): string | undefined {
  const { fault } = error instanceof MailboxFault ? error : {};
  if (fault === 'slow')
    return `${place} did not finish an answer in time. It is tried again by itself; if it stays so, ask whoever runs that server.`;
  if (fault === 'endless')
    return `${place} sends far more than it was asked for, so the session was ended. Ask whoever runs that server.`;
  return undefined;
}

function folderProblem(error: unknown, { host, folder }: MailboxConfig): string | undefined {
  if (!(error instanceof MailboxFault)) return undefined;
  if (error.fault === 'no-folder')
    return `There is no folder “${error.said || folder}” that can be used at ${host}. Check its name; some servers put “INBOX.” or “INBOX/” in front.`;
  if (error.fault === 'no-delete')
    return `${host} deletes nothing for this user. Choose that reports stay, or are moved.`;
  if (error.fault === 'no-uidl')
    return `${host} gives messages no lasting names (UIDL), without which they cannot be told apart. Use IMAP.`;
  if (error.fault === 'too-many')
    return 'There are more than 20,000 messages in this mailbox. Empty it, or use IMAP.';
  return undefined;
}

function networkProblem({ codes }: Facts, { host, protocol }: MailboxConfig, place: string) {
  const usual = protocol === 'imap' ? '993 or 143' : '995 or 110';
  for (const code of codes)
    switch (code) {
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return `There is no server named “${host}”. Check the spelling; it often begins with “imap.”, “pop.” or “mail.”.`;
      case 'ECONNREFUSED':
        return `Nothing answers at ${place}. Check the port (usually ${usual}) and that the server runs.`;
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
      case 'EADDRNOTAVAIL':
        return `${host} cannot be reached from this machine. Check the network and the name of the server.`;
      case 'ETIMEDOUT':
      case 'CONNECT_TIMEOUT':
        return `${place} did not answer in time. A firewall may block this port; usual are ${usual}.`;
    }
  return undefined;
}

const orAccept = 'or accept any certificate if the server is your own';

function tlsProblem({ codes, message }: Facts, config: MailboxConfig, place: string): string | undefined {
  const fault = codes.map((code) => certificateProblems[code]).find((found) => found !== undefined);
  if (fault) return `The certificate of ${config.host} ${fault}.`;
  if (/certificate/i.test(message))
    return `The certificate of ${config.host} is not valid. Check the server's name, ${orAccept}.`;
  if (/wrong.version.number|packet length/i.test(`${codes.join(' ')}${message}`))
    return `${place} does not speak TLS from the start. Choose “Automatic” encryption, usually with port 143 for IMAP or 110 for POP3.`;
  if (/EPROTO|ERR_SSL/.test(codes.join(' ')))
    return `${place} and this machine have no encryption in common; TLS 1.2 or newer is needed.`;
  if (/STARTTLS/i.test(message) || codes.includes('UPGRADE_TIMEOUT'))
    return `${place} does not do STARTTLS. Choose “TLS from the start” with port 993 or 995, or another encryption.`;
  if (codes.includes('GREETING_TIMEOUT') || codes.includes('ETIMEOUT'))
    return startsWithTls(config)
      ? `${place} takes connections, and does not greet as a mailbox. Check protocol and port.`
      : `${place} takes connections, and does not greet as a mailbox. If it expects TLS from the start, choose that, usually with port 993 or 995.`;
  return undefined;
}
