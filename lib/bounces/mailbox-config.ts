import { z } from 'zod';
import type { ProviderField } from '../providers/definition';
import { isLoopback } from '../providers/smtp-config';

const protocols = ['imap', 'pop3'] as const;
/** auto: TLS from the start on the usual port for it, elsewhere STARTTLS. */
const securities = ['auto', 'starttls', 'tls', 'none'] as const;
/** What becomes of a report that was read. */
const afterwards = ['keep', 'move', 'delete'] as const;

const oneLine = (text: string) => !/[\r\n\0]/.test(text);
const lineOf = (most: number) =>
  z
    .string()
    .max(most, `Use at most ${most} characters.`)
    .refine(oneLine, 'Line breaks are not possible here.');

/** How a mailbox is reached, as a person enters it. */
export const MailboxConfig = z
  .object({
    protocol: z.enum(protocols),
    host: z
      .string()
      .trim()
      .min(1, 'Enter the name of the mail server, like imap.example.com.')
      .max(253)
      .regex(
        /^[\p{L}\p{N}._:-]+$/u,
        'Enter the name alone, like imap.example.com, without "https://" or a path.',
      ),
    port: z.coerce
      .number('Enter a port, usually 993 for IMAP and 995 for POP3.')
      .int()
      .min(1, 'Ports go from 1 to 65535.')
      .max(65535, 'Ports go from 1 to 65535.'),
    security: z.enum(securities),
    user: lineOf(1000).min(1, 'Enter the user name, which often is the whole address.'),
    password: lineOf(1000).min(1, 'Enter the password. Many providers want one that is made for apps.'),
    folder: lineOf(200)
      .trim()
      .transform((name) => name || 'INBOX'),
    afterwards: z.enum(afterwards),
    moveTo: lineOf(200).trim(),
    acceptAnyCertificate: z.boolean(),
  })
  .superRefine(({ protocol, afterwards: then, moveTo, folder }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (then !== 'move') return;
    if (protocol === 'pop3') wrong('afterwards', 'POP3 knows no folders. Choose another, or IMAP.');
    else if (moveTo === '') wrong('moveTo', 'Enter the folder that they are moved to, such as Bounces.');
    else if (moveTo === folder) wrong('moveTo', 'Enter another folder than the one that is read.');
  });
export type MailboxConfig = z.output<typeof MailboxConfig>;

/** The form of a mailbox. */
export const mailboxFields: ProviderField[] = [
  {
    ...{ name: 'protocol', label: 'Protocol', kind: 'choice', initial: 'imap', span: 4 },
    options: [
      { value: 'imap', label: 'IMAP' },
      { value: 'pop3', label: 'POP3' },
    ],
  },
  {
    ...{ name: 'host', label: 'Mailbox server', kind: 'text', initial: '', span: 5 },
    placeholder: 'imap.example.com',
  },
  {
    ...{ name: 'port', label: 'Mailbox port', kind: 'number', initial: 993, span: 3 },
    help: '993 for IMAP, 995 for POP3.',
  },
  {
    ...{ name: 'security', label: 'Encryption of the mailbox', kind: 'choice', initial: 'auto' },
    options: [
      { value: 'auto', label: 'Automatic (recommended)' },
      { value: 'starttls', label: 'STARTTLS, always' },
      { value: 'tls', label: 'TLS from the start' },
      { value: 'none', label: 'No encryption' },
    ],
  },
  { name: 'user', label: 'User name of the mailbox', kind: 'text', initial: '', span: 6 },
  {
    ...{ name: 'password', label: 'Password of the mailbox', kind: 'secret', initial: '', span: 6 },
    help: 'Kept encrypted.',
  },
  {
    ...{ name: 'folder', label: 'Folder', kind: 'text', initial: '', span: 6, placeholder: 'INBOX' },
    help: 'Empty for the inbox.',
  },
  {
    ...{ name: 'afterwards', label: 'Reports that were read', kind: 'choice', initial: 'keep', span: 6 },
    help: 'Everything else stays as it is.',
    options: [
      { value: 'keep', label: 'Stay, marked as read' },
      { value: 'move', label: 'Are moved to a folder' },
      { value: 'delete', label: 'Are deleted' },
    ],
  },
  { name: 'moveTo', label: 'Moved to', kind: 'text', initial: '', placeholder: 'Bounces' },
  {
    ...{ name: 'acceptAnyCertificate', label: 'Accept any certificate of the mailbox', kind: 'switch' },
    initial: false,
    help: 'Only for a server of your own whose certificate nobody has signed.',
  },
];

const tlsPorts: Record<MailboxConfig['protocol'], number> = { imap: 993, pop3: 995 };

export const startsWithTls = ({ protocol, security, port }: MailboxConfig): boolean =>
  security === 'tls' || (security === 'auto' && port === tlsPorts[protocol]);

/** A password goes in the clear only where somebody chose that, or within this machine. */
export const needsTls = ({ security, host }: MailboxConfig): boolean =>
  security === 'starttls' || security === 'tls' || (security === 'auto' && !isLoopback(host));

/** How a server has to show who it is. */
export const tlsOptions = ({ host, acceptAnyCertificate }: MailboxConfig) => ({
  minVersion: 'TLSv1.2' as const,
  rejectUnauthorized: !acceptAnyCertificate && !isLoopback(host),
});
