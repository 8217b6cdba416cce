import { imap } from './imap';
import type { MailboxClient } from './mailbox';
import type { MailboxConfig } from './mailbox-config';
import { pop3 } from './pop3';

const clients = { imap, pop3 } satisfies Record<MailboxConfig['protocol'], MailboxClient>;

/** What speaks the protocol of a mailbox. */
export const clientOf = ({ protocol }: Pick<MailboxConfig, 'protocol'>): MailboxClient => clients[protocol];
