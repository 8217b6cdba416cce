import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';

const url = (protocols: string[], example: string) =>
  z.string().refine((value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    return parsed !== undefined && protocols.includes(parsed.protocol);
  }, `expected an address like ${example}`);

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected a whole number from ${min} to ${max}`);

const secret = z.string().min(32, 'expected at least 32 characters, e.g. from: openssl rand -hex 32');

/** An address, or a network of them like 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address = '', prefix = '0', ...more] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest;
}

const networks = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .refine((parts) => parts.every(isNetwork), 'expected addresses or networks like 127.0.0.1, 10.0.0.0/8');

const Environment = z
  .object({
    PORT: whole(1, 65535).default(3000),
    APP_URL: url(['http:', 'https:'], 'https://mail.example.com').optional(),
    DATABASE_URL: url(
      ['postgres:', 'postgresql:'],
      'postgres://user:password@localhost:5432/posthaste',
    ).optional(),
    DATA_DIR: z.string().min(1).default('./data'),
    APP_SECRET: secret.optional(),
    APP_SECRET_PREVIOUS: secret.optional(),
    TRUST_PROXY: networks,
    ALLOWED_PRIVATE_NETWORKS: networks,
    SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://user:password@smtp.example.com:587').optional(),
    RESEND_API_KEY: z
      .string()
      .regex(/^[\x21-\x7e]{1,500}$/, 'expected an API key like re_123456789')
      .optional(),
    RESEND_BASE_URL: url(['http:', 'https:'], 'https://api.resend.com').default('https://api.resend.com'),
    TWILIO_ACCOUNT_SID: z
      .string()
      .regex(/^AC[0-9A-Za-z]{1,100}$/, 'expected an account SID that begins with AC')
      .optional(),
    TWILIO_AUTH_TOKEN: z
      .string()
      .regex(/^[\x21-\x7e]{1,500}$/, 'expected an auth token, without spaces')
      .optional(),
    TWILIO_FROM: z
      .string()
      .regex(
        /^(?:\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-fA-F]{32}|(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11})$/,
        'expected a number like +15005550006, a short code, the SID of a messaging service, or a name',
      )
      .optional(),
    TWILIO_BASE_URL: url(['http:', 'https:'], 'https://api.twilio.com').default('https://api.twilio.com'),
    METRICS_TOKEN: z
      .string()
      .regex(/^[\x21-\x7e]{16,500}$/, 'expected at least 16 characters without spaces')
      .optional(),
    WORKER_CONCURRENCY: whole(1, 100).default(8),
    BATCH_SIZE: whole(1, 400).default(50),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  })
  .superRefine((env, context) => {
    const names = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] as const;
    const missing = names.find((name) => env[name] === undefined);
    if (missing === undefined || names.every((name) => env[name] === undefined)) return;
    const message = `expected together with ${names.filter((name) => name !== missing).join(' and ')}`;
    context.addIssue({ code: 'custom', path: [missing], message });
  })
  .transform((env) => ({
    ...env,
    DATA_DIR: resolve(env.DATA_DIR),
    APP_URL: (env.APP_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
  }));

export type Env = z.infer<typeof Environment>;

/** What is secret in a variable's value must not be printed when the value is refused. */
const secretNames = new Set([
  'APP_SECRET',
  'APP_SECRET_PREVIOUS',
  'DATABASE_URL',
  'SMTP_URL',
  'RESEND_API_KEY',
  'METRICS_TOKEN',
  'TWILIO_AUTH_TOKEN',
]);

/**
 * Reads the environment once and checks it. Throws an Error of one line that names the variable, what was found
 * (secrets masked) and what is expected.
 */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const filled = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(filled);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0]);
  const found =
    filled[name] === undefined ? 'not set' : secretNames.has(name) ? '(not shown)' : `"${filled[name]}"`;
  throw new Error(`${name} is ${found}: ${issue?.message}. Change it in the environment and start again.`);
}

let cached: Env | undefined;

/** The checked environment of this process. */
export function env(): Env {
  cached ??= readEnv();
  return cached;
}

/** What the web and worker processes cannot be without; the start command hands both to them. */
export function required(name: 'DATABASE_URL' | 'APP_SECRET'): string {
  const value = env()[name];
  if (value === undefined)
    throw new Error(`${name} is not set. Start Posthaste with "npm start", which sets it.`);
  return value;
}
