import { wireAddress } from './address';
import { defineProvider } from './definition';
import { writeMime } from './mime';
import type { ConnectionCheck, EmailMessage, Provider, SendResult } from './provider';
import { describeFailure } from './smtp-check';
import { bounceAddressFor, SmtpConfig } from './smtp-config';
import { SmtpSession } from './smtp-connection';
import { type Outgoing, type SmtpLimits, smtpLimits } from './smtp-lane';
import { SmtpPool } from './smtp-pool';

/** Any mail server that speaks SMTP (RFC 5321). Connections are kept per settings until `close`. */
export function smtpProvider(limits: SmtpLimits = smtpLimits): Provider<SmtpConfig> {
  const pools = new Map<SmtpConfig, SmtpPool>();
  const poolOf = (config: SmtpConfig): SmtpPool => {
    const pool = pools.get(config) ?? new SmtpPool(config, limits);
    pools.set(config, pool);
    return pool;
  };
  return {
    name: 'smtp',
    channel: 'email',
    config: SmtpConfig,
    maxBatch: 100,
    send: (config, batch, signal) => sendThrough(poolOf(config), batch, signal),
    check: (config, signal) => check(config, limits, signal),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

export const smtp = defineProvider({
  name: 'smtp',
  channel: 'email',
  label: 'SMTP server',
  about: 'Your own mail server, or the SMTP access of a sending service.',
  perMinute: 100,
  config: SmtpConfig,
  summary: ({ host, port }) => `${host}:${port}`,
  create: () => smtpProvider(),
  fields: [
    { name: 'host', label: 'Server', kind: 'text', initial: '', placeholder: 'smtp.example.com', span: 8 },
    { name: 'port', label: 'Port', kind: 'number', initial: 587, span: 4 },
    {
      name: 'security',
      label: 'Encryption',
      kind: 'choice',
      initial: 'auto',
      options: [
        { value: 'auto', label: 'Automatic (recommended)' },
        { value: 'starttls', label: 'STARTTLS, always' },
        { value: 'tls', label: 'TLS from the start' },
        { value: 'none', label: 'No encryption' },
      ],
    },
    {
      name: 'user',
      label: 'User name',
      kind: 'text',
      initial: '',
      span: 6,
      help: 'Empty if the server asks for none.',
    },
    { name: 'password', label: 'Password', kind: 'secret', initial: '', span: 6, help: 'Kept encrypted.' },
    {
      name: 'acceptAnyCertificate',
      label: 'Accept any certificate',
      kind: 'switch',
      initial: false,
      help: 'Only for a server of your own whose certificate nobody has signed.',
    },
    {
      name: 'bounceAddress',
      label: 'Bounces go to',
      kind: 'text',
      initial: '',
      placeholder: 'bounces+*@example.com',
      help: 'Empty for the address under From. A * stands for the message’s id, so that whatever comes back leads to it.',
      guardsSecrets: false,
    },
  ],
});

async function sendThrough(
  pool: SmtpPool,
  batch: EmailMessage[],
  signal: AbortSignal,
): Promise<SendResult[]> {
  const prepared = batch.map((message) => prepare(message, pool.config));
  const going = prepared.filter((item) => 'envelope' in item);
  const results = (await pool.send(going, signal))[Symbol.iterator]();
  return prepared.map((item) => {
    if (!('envelope' in item)) return item;
    const next = results.next();
    if (next.done) throw new Error('the pool answers every message');
    return next.value;
  });
}

/** An address that cannot stand in a command never reaches the server. */
function prepare(message: EmailMessage, { bounceAddress }: SmtpConfig): Outgoing | SendResult {
  const own = wireAddress(message.from.address);
  const from = own && bounceAddress ? bounceAddressFor(bounceAddress, message.deliveryId ?? 'test') : own;
  const to = wireAddress(message.to.address);
  if (from === null || (message.replyTo && wireAddress(message.replyTo) === null))
    return {
      outcome: 'misconfigured',
      reason: 'sender_refused',
      detail: 'The sender’s address is not a valid one.',
    };
  if (to === null)
    return { outcome: 'refused', reason: 'address_refused', detail: 'The address is not a valid one.' };
  return { message, envelope: { from, to }, mime: () => writeMime(message) };
}

async function check(config: SmtpConfig, limits: SmtpLimits, signal: AbortSignal): Promise<ConnectionCheck> {
  try {
    const session = await SmtpSession.open(config, limits, signal);
    const how = session.secure ? 'encrypted' : 'not encrypted';
    session.quit();
    const who = config.user === '' ? 'without signing in' : `signed in as ${config.user}`;
    return { ok: true, detail: `Connected to ${config.host}:${config.port}, ${how}, ${who}.` };
  } catch (error) {
    if (signal.aborted)
      return {
        ok: false,
        problem: `${config.host}:${config.port} did not answer in time. Check the name and the port.`,
      };
    return { ok: false, problem: describeFailure(error, config) };
  }
}
