import type { FailReason } from '../db/states';
import type { SendResult } from './provider';
import { recipientVerdict } from './smtp-recipient';

/** What is known of a failure, by nodemailer or by ourselves; every part may be missing. */
export type SmtpError = {
  message: string;
  code?: string;
  originalCode?: string;
  timeoutType?: string;
  command?: string;
  response?: string;
  responseCode?: number;
};

/** How far a message had come when it failed. `sent`: the dot that ends it has been handed to the network. */
export type Stage = 'opening' | 'login' | 'envelope' | 'body' | 'sent';

/** A failure of a session together with how far it had come. */
export class SmtpFailure extends Error {
  constructor(
    readonly error: SmtpError,
    readonly stage: Stage,
  ) {
    super(error.message);
  }
}

type Failure = Exclude<SendResult, { outcome: 'sent' }>;
type Outcome = Failure['outcome'];

/** The enhanced status code (RFC 3463) that follows the reply code, such as 5.7.1. */
const enhanced = (response = ''): string => /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? '';

/** Replies that mean our own permission (RFC 4954): authentication required, too weak, wrong, or needs encryption. */
const wantsLogin = new Set([530, 534, 535, 538]);

/** Turns a failure at a stage into the one outcome that is true of it (RFC 5321 §4.2, RFC 3463). */
export function classify(error: SmtpError, stage: Stage): Failure {
  const [outcome, reason] = verdict(error, stage);
  const ofRecipient = outcome === 'misconfigured' && stage === 'envelope' && error.command === 'RCPT TO';
  return { outcome, reason, detail: detailOf(error), ...(ofRecipient && { ofRecipient }) };
}

function verdict(error: SmtpError, stage: Stage): [Outcome, FailReason] {
  const reply = error.responseCode ?? 0;
  if (reply < 400) {
    // no answer, or one that makes no sense: only what stage it was tells what may have happened
    if (stage === 'sent') return ['in-doubt', 'in_doubt'];
    if (stage === 'login' && error.code === 'EAUTH') return ['misconfigured', 'authentication'];
    return ['retry', 'connection'];
  }
  // Before a recipient was named nothing is their fault: the server wants a break, and that may not cost them a retry.
  if (reply < 500 && (stage === 'login' || (stage === 'envelope' && error.command === 'MAIL FROM')))
    return ['throttled', 'throttled'];
  if (stage === 'opening' || reply === 421) return ['retry', 'connection'];
  if (reply < 500) return ['retry', 'temporary'];
  if (stage === 'login' || wantsLogin.has(reply)) return ['misconfigured', 'authentication'];
  // a session out of step (503) says nothing about the message; a new connection mends it
  if (reply === 503 && stage === 'envelope') return ['retry', 'connection'];
  if (stage !== 'envelope') return ['refused', 'content_refused'];
  return envelopeVerdict(error);
}

function envelopeVerdict(error: SmtpError): [Outcome, FailReason] {
  const status = enhanced(error.response);
  if (error.command === 'MAIL FROM') {
    const tooLarge = error.responseCode === 552 || status === '5.3.4' || status === '5.2.3';
    return tooLarge ? ['refused', 'content_refused'] : ['misconfigured', 'sender_refused'];
  }
  if (error.command === 'RCPT TO') return recipientVerdict(error.response ?? '');
  return ['refused', 'content_refused'];
}

/** The server's words, or the network's, in one line of at most 500 characters. */
function detailOf(error: SmtpError): string {
  const text = error.response ?? error.message;
  return text.replace(/\s+/g, ' ').trim().slice(0, 500) || 'No answer.';
}
