import { generateKeyPairSync } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { DomainCheck, Finding } from '../db/domain-report';
import { checkRecords, domainOf } from './check-domain';
import { startNameServer, type Zone } from './testing';

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

type Asked = { mailServer?: string | null; selectors?: string[]; domain?: string };

async function check(
  zone: Zone,
  { mailServer = 'smtp.example.com', selectors = [], domain = 'example.com' }: Asked = {},
) {
  const server = await startNameServer(zone);
  open.push(server);
  const findings = await checkRecords(domain, { mailServer, selectors }, server.resolve);
  const of = (name: DomainCheck): Finding => {
    const found = findings.find((finding) => finding.check === name);
    if (!found) throw new Error(`nothing was found of ${name}`);
    return found;
  };
  return { of, asked: server.asked };
}

const rsaKey = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength })
    .publicKey.export({ format: 'der', type: 'spki' })
    .toString('base64');
const strong = `v=DKIM1; k=rsa; p=${rsaKey(2048)}`;
const host = { 'smtp.example.com': { A: ['192.0.2.10'] } };

test('a domain that is in order is found to be', async () => {
  const { of } = await check(
    {
      ...host,
      'example.com': {
        TXT: ['google-site-verification=x', 'v=spf1 a:smtp.example.com ~all'],
        MX: ['10 mx.example.com'],
      },
      's1._domainkey.example.com': { TXT: [strong] },
      '_dmarc.example.com': { TXT: ['v=DMARC1; p=reject'] },
    },
    { selectors: ['s1'] },
  );
  for (const name of ['spf', 'dkim', 'dmarc', 'mx'] as const) {
    expect(of(name)).toMatchObject({ verdict: 'good', record: null });
    expect(of(name).found).toHaveLength(1);
  }
  expect(of('dmarc').says).toContain('refused');
});

test('a domain without anything is told what to add', async () => {
  const { of } = await check(host, { selectors: ['s1'] });
  expect(of('spf')).toMatchObject({
    verdict: 'wrong',
    record: { name: 'example.com', type: 'TXT', value: 'v=spf1 a:smtp.example.com ~all' },
  });
  expect(of('dkim')).toMatchObject({
    verdict: 'wrong',
    says: expect.stringContaining('s1._domainkey.example.com'),
  });
  expect(of('dmarc')).toMatchObject({
    verdict: 'wrong',
    record: {
      name: '_dmarc.example.com',
      type: 'TXT',
      value: expect.stringMatching(/^v=DMARC1; p=none; rua=mailto:/),
    },
  });
  expect(of('mx')).toMatchObject({ verdict: 'wrong' });
});

test.each<[string, string[], Finding['verdict'], string]>([
  ['two records', ['v=spf1 ~all', 'v=spf1 -all'], 'wrong', '2 SPF records'],
  ['everybody', ['v=spf1 +all'], 'wrong', 'every machine'],
  ['an error', ['v=spf1 ip4:300.1.1.1 ~all'], 'wrong', 'cannot be evaluated'],
  ['an include that is not there', ['v=spf1 include:gone.example.com ~all'], 'wrong', 'cannot be evaluated'],
  [
    'too many lookups',
    [`v=spf1 ${Array.from({ length: 11 }, (_, n) => `include:i${n}.example.com`).join(' ')} ~all`],
    'wrong',
    'cannot be evaluated',
  ],
  ['other machines', ['v=spf1 ip4:198.51.100.7 ~all'], 'unsure', 'does not name smtp.example.com'],
  ['a range that holds it', ['v=spf1 ip4:192.0.2.0/24 -all'], 'good', 'lets smtp.example.com send'],
])('SPF with %s', async (_what, TXT, verdict, says) => {
  const includes = Object.fromEntries(
    Array.from({ length: 11 }, (_, n) => [`i${n}.example.com`, { TXT: ['v=spf1 ?all'] }]),
  );
  const { of } = await check({ ...host, ...includes, 'example.com': { TXT } });
  expect(of('spf')).toMatchObject({ verdict, says: expect.stringContaining(says), found: TXT });
});

test.each<[string, string[], string]>([
  ['a key that is too short', [`v=DKIM1; p=${rsaKey(512)}`], 'too short'],
  ['a revoked key', ['v=DKIM1; p='], 'revoked'],
  ['a key that was cut off', [`v=DKIM1; p=${rsaKey(2048).slice(0, 100)}`], 'cannot be read'],
  ['two keys', [strong, strong], 'more than one'],
])('DKIM with %s', async (_what, TXT, says) => {
  const { of } = await check({ ...host, 's1._domainkey.example.com': { TXT } }, { selectors: ['s1'] });
  expect(of('dkim')).toMatchObject({ verdict: 'wrong', says: expect.stringContaining(says) });
});

test('DKIM: the usual selectors are tried when none is named, and one that is missing is told', async () => {
  const zone = { ...host, 'resend._domainkey.example.com': { TXT: [strong] } };
  expect((await check(zone)).of('dkim')).toMatchObject({
    verdict: 'good',
    says: expect.stringContaining('“resend”'),
  });
  const named = await check(zone, { selectors: ['resend', 's9'] });
  expect(named.of('dkim')).toMatchObject({
    verdict: 'wrong',
    says: expect.stringContaining('“s9” has no key'),
  });
  expect((await check(host)).of('dkim')).toMatchObject({ verdict: 'unknown' });
  const ed25519 = {
    ...host,
    's1._domainkey.example.com': {
      TXT: ['v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='],
    },
  };
  expect((await check(ed25519, { selectors: ['s1'] })).of('dkim')).toMatchObject({ verdict: 'good' });
});

test('DMARC is inherited by walking up the tree, and a domain of its own wins', async () => {
  const zone = { ...host, '_dmarc.example.com': { TXT: ['v=DMARC1; p=reject; sp=quarantine'] } };
  const below = await check(zone, { domain: 'news.shop.example.com' });
  expect(below.of('dmarc')).toMatchObject({
    verdict: 'good',
    says: expect.stringContaining('put aside, as example.com has it'),
  });
  const own = await check(
    { ...zone, '_dmarc.news.shop.example.com': { TXT: ['v=DMARC1; p=none'] } },
    { domain: 'news.shop.example.com' },
  );
  expect(own.of('dmarc')).toMatchObject({ verdict: 'good', says: expect.stringContaining('reports only') });
});

test('DMARC: a deep domain is asked for at most eight times (RFC 9989 §4.10)', async () => {
  const domain = 'a.b.c.d.e.f.g.h.i.j.example.com';
  const { of, asked } = await check(
    { ...host, '_dmarc.example.com': { TXT: ['v=DMARC1; p=quarantine'] } },
    { domain },
  );
  expect(of('dmarc')).toMatchObject({
    verdict: 'good',
    says: expect.stringContaining('as example.com has it'),
  });
  expect(new Set(asked.filter((question) => question.startsWith('TXT _dmarc.'))).size).toBeLessThanOrEqual(8);
});

test('DMARC: whose signatures count is told, strict or not', async () => {
  const says = async (record: string) =>
    (await check({ ...host, '_dmarc.example.com': { TXT: [record] } }, { domain: 'news.example.com' })).of(
      'dmarc',
    ).says;
  expect(await says('v=DMARC1; p=reject')).toContain('a signature as example.com or below');
  expect(await says('v=DMARC1; p=reject; adkim=s')).toContain('a signature as news.example.com exactly');
});

test('DMARC: two records are none', async () => {
  const { of } = await check({
    ...host,
    '_dmarc.example.com': { TXT: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] },
  });
  expect(of('dmarc')).toMatchObject({ verdict: 'wrong', says: expect.stringContaining('2 DMARC records') });
});

test.each<[string, Zone[string], Finding['verdict'], string]>([
  ['that takes no mail', { MX: ['0 .'] }, 'wrong', 'takes no mail'],
  ['with two servers', { MX: ['20 b.example.com', '10 a.example.com'] }, 'good', 'at a.example.com'],
  ['with an address alone', { A: ['192.0.2.1'] }, 'unsure', 'no MX record'],
])('MX of a domain %s', async (_what, records, verdict, says) => {
  const { of } = await check({ ...host, 'example.com': records });
  expect(of('mx')).toMatchObject({ verdict, says: expect.stringContaining(says) });
});

test('a name server that fails makes nothing wrong: it is not known', async () => {
  const fail = { fail: true } as const;
  const { of } = await check(
    {
      'example.com': fail,
      's1._domainkey.example.com': fail,
      '_dmarc.example.com': fail,
      'smtp.example.com': fail,
    },
    { selectors: ['s1'] },
  );
  for (const name of ['spf', 'dkim', 'dmarc', 'mx'] as const)
    expect(of(name)).toMatchObject({ verdict: 'unknown', record: null });
});

test.each([
  ['rose@example.com', 'example.com'],
  ['rose@Bäckerei.example', 'xn--bckerei-5wa.example'],
  ['rose@localhost', undefined],
  ['rose', undefined],
])('the domain of %s is %s', (address, domain) => {
  expect(domainOf(address)).toBe(domain);
});
