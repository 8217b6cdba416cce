import { z } from 'zod';
import { wireAddress } from './address';

/** auto: TLS from the start on port 465, elsewhere STARTTLS wherever the server offers it. */
const smtpSecurities = ['auto', 'starttls', 'tls', 'none'] as const;

/** A host name or an IP address; nothing that could be a path, a port or a second command. */
const Host = z
  .string()
  .trim()
  .min(1, 'Enter the name of the mail server, like smtp.example.com.')
  .max(253)
  .regex(
    /^[\p{L}\p{N}._:-]+$/u,
    'Enter the name alone, like smtp.example.com, without "https://" or a path.',
  );

const Credential = z
  .string()
  .max(1000)
  .refine((text) => !/[\r\n\0]/.test(text), 'Line breaks are not possible here.');

/** As it goes on the wire for one message; `*` is where its id goes. Null for what is no address. */
export const bounceAddressFor = (pattern: string, id: string): string | null =>
  wireAddress(pattern.replace('*', id));

const longestId = '0'.repeat(36);

const BounceAddress = z
  .string()
  .trim()
  .max(320, 'Use at most 320 characters.')
  .refine(
    (text) =>
      text === '' ||
      (bounceAddressFor(text, longestId) !== null && /^[^*]*\*?[^*]*@[^*]+\.[^*.]+$/.test(text)),
    'Enter an address like bounces@example.com or bounces+*@example.com, or leave it empty.',
  );

const Settings = z.object({
  host: Host,
  port: z.coerce
    .number('Enter a port, usually 587.')
    .int()
    .min(1, 'Ports go from 1 to 65535.')
    .max(65535, 'Ports go from 1 to 65535.'),
  security: z.enum(smtpSecurities).default('auto'),
  user: Credential.default(''),
  password: Credential.default(''),
  /** Takes a certificate that nobody vouches for. On this machine's own addresses it is always taken. */
  acceptAnyCertificate: z.boolean().default(false),
  /** Where servers return messages to (MAIL FROM); empty: the sender's own address. */
  bounceAddress: BounceAddress.default(''),
});

function fieldsOfUrl(url: URL | undefined): unknown {
  if (url?.protocol !== 'smtp:' && url?.protocol !== 'smtps:') return {};
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : url.port,
    security: secure ? 'tls' : (url.searchParams.get('security') ?? 'auto'),
    user: decode(url.username),
    password: decode(url.password),
    acceptAnyCertificate: url.searchParams.get('certificate') === 'any',
  };
}

/** Passwords are often pasted without percent-encoding: then they are taken as they are. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function expand(raw: unknown): unknown {
  const { url } = z.object({ url: z.string().optional() }).catch({}).parse(raw);
  return url === undefined ? raw : fieldsOfUrl(URL.canParse(url) ? new URL(url) : undefined);
}

/** Settings by field, or as `{ url }` (smtp://, smtps://; `?security=starttls|none`, `?certificate=any`). */
export const SmtpConfig = z.preprocess(expand, Settings);
export type SmtpConfig = z.output<typeof Settings>;

export const startsWithTls = ({ security, port }: SmtpConfig): boolean =>
  security === 'tls' || (security === 'auto' && port === 465);

/** This machine itself: there is no network between that could be listened on or fooled. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
