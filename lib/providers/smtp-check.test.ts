import { once } from 'node:events';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../testing-certificate';
import { smtpProvider } from './smtp';
import { SmtpConfig } from './smtp-config';
import { smtpLimits } from './smtp-lane';

/** This machine under a name that is not taken for it: certificates are looked at. */
const host = '0.0.0.0';

const limits = { ...smtpLimits, connect: 1000, greeting: 300, socket: 1000 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Certificate = ReturnType<typeof makeCertificate>;

async function mailServer(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH'],
    logger: false,
    ...options,
  });
  server.on('error', () => undefined); // a client that leaves in the middle
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = listener.address();
  if (typeof address !== 'object' || !address) throw new Error('a listening server has an address');
  return address.port;
}

async function check(port: number, settings: Record<string, unknown>): Promise<string> {
  const config = SmtpConfig.parse({ host, port, ...settings });
  const provider = smtpProvider(limits);
  const answer = await provider.check(config, AbortSignal.timeout(10_000));
  await provider.close();
  return (answer.ok ? answer.detail : answer.problem).replace(String(port), 'PORT');
}

/** As if the machine had this authority among its own. */
function trust({ cert }: Certificate): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, cert]);
  closing.push(() => setDefaultCACertificates(before));
}

const past = new Date('2021-01-01');
const ways = [
  { how: 'TLS from the start', secure: true, security: 'tls' },
  { how: 'STARTTLS', secure: false, security: 'starttls' },
  { how: 'STARTTLS where it is offered', secure: false, security: 'auto' },
];

describe.each(ways)('the certificate of a server with $how', ({ secure, security }) => {
  it.each([
    [
      'signed by itself',
      makeCertificate({ name: host }),
      false,
      /is signed by itself\. Check the server's name/,
    ],
    [
      'signed by somebody unknown',
      makeCertificate({ name: host, issuer: 'Some Authority' }),
      false,
      /authority that this machine does not know\. .*NODE_EXTRA_CA_CERTS/,
    ],
    ['out of date', makeCertificate({ name: host, until: past }), true, /is out of date\. Have it renewed/],
    [
      'made out to another',
      makeCertificate({ name: 'mail.example.com' }),
      true,
      /is made out to another name\. Enter the server's name as it stands/,
    ],
  ])(
    '%s is refused with what to do, and taken where any is accepted',
    async (_, certificate, isKnown, sentence) => {
      if (isKnown) trust(certificate);
      const port = await mailServer({ secure, ...certificate });
      expect(await check(port, { security })).toMatch(sentence);
      expect(await check(port, { security, acceptAnyCertificate: true })).toMatch(/^Connected .* encrypted,/);
    },
  );

  it('in order is taken', async () => {
    const certificate = makeCertificate({ name: host });
    trust(certificate);
    expect(await check(await mailServer({ secure, ...certificate }), { security })).toMatch(
      /^Connected to 0\.0\.0\.0:PORT, encrypted,/,
    );
  });
});

describe('encryption that does not fit the port', () => {
  it.each(['auto', 'starttls', 'none'])('TLS is spoken, and the setting is %s', async (security) => {
    const port = await mailServer({ secure: true, ...makeCertificate({ name: host }) });
    expect(await check(port, { security })).toMatch(/If it expects TLS from the start, choose that/);
  });

  it('no TLS is spoken at first, and the setting is TLS from the start', async () => {
    const port = await mailServer(makeCertificate({ name: host }));
    expect(await check(port, { security: 'tls' })).toMatch(
      /does not speak TLS from the start\. Choose “Automatic”/,
    );
  });

  it('STARTTLS is wanted, and not offered', async () => {
    const port = await mailServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    expect(await check(port, { security: 'starttls' })).toMatch(/does not do STARTTLS\. .* It said: “500/);
    expect(await check(port, { security: 'auto' })).toMatch(/not encrypted/);
    expect(await check(port, { security: 'auto', user: 'ann', password: 'secret' })).toMatch(
      /offers no encryption .* so the password was not sent/,
    );
  });

  it.each(ways)('only TLS that is too old is spoken, with $how', async ({ secure, security }) => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const port = await mailServer({ secure, ...makeCertificate({ name: host }), ...old });
    expect(await check(port, { security })).toMatch(/no encryption in common; TLS 1\.2 or newer is needed/);
  });

  it('a server of another kind speaks TLS and does not greet', async () => {
    const server = createServer(makeCertificate({ name: host })).on('tlsClientError', () => undefined);
    server.on('secureConnection', (socket) => socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const answer = await check(port, { security: 'tls', acceptAnyCertificate: true });
    expect(answer).toMatch(/does not greet as a mail server\. Check the port/);
  });
});
