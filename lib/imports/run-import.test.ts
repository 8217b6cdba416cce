import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { and, asc, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Scope, userOf } from '../auth/scope';
import { createContact } from '../contacts/edit-contact';
import { unsafeDatabase } from '../db/client';
import { imports } from '../db/schema/imports';
import { contacts, lists } from '../db/schema/lists';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { type ImportId, type ListId, newId, WorkspaceId } from '../ids';
import { createList } from '../lists/lists';
import { setListAccess } from '../members/list-access';
import { newMember, scopeOf } from '../members/testing';
import { testWorkspace } from '../workspaces/testing';
import { cancelImport, findImport, listImports } from './imports';
import { listRejections, rejectionsCsv } from './rejections';
import { runImport } from './run-import';
import { started, upload } from './testing';

const running = () => new AbortController().signal;

async function counts(scope: Scope, id: ImportId) {
  const found = await findImport(scope, id);
  if (!found.ok) throw new Error(found.problem.message);
  const { status, rows, created, updated, duplicates, invalid } = found.value;
  return { status, rows, created, updated, duplicates, invalid };
}

async function imported(
  scope: Scope,
  content: string | Uint8Array,
  changes: Parameters<typeof started>[2] = {},
) {
  const id = await started(scope, content, changes);
  expect(await runImport(scope, id, running())).toBe('ended');
  return { id, ...(await counts(scope, id)) };
}

const contactsOf = (scope: Scope) =>
  inScope(scope, (tx) =>
    tx
      .select()
      .from(contacts)
      .where(eq(contacts.workspaceId, scope.workspaceId))
      .orderBy(asc(contacts.email)),
  );

const contactOf = async (scope: Scope, email: string) =>
  (await contactsOf(scope)).find((contact) => contact.email === email);

const sharedData = resolve(import.meta.dirname, '../../../shared/data');
const Expected = z.record(
  z.string(),
  z.object({ rows: z.number(), contacts: z.number(), duplicates: z.number(), invalid: z.number() }),
);

describe.skipIf(!existsSync(sharedData))('the sample files beside the checkout', () => {
  const expected = existsSync(sharedData)
    ? Expected.parse(JSON.parse(readFileSync(join(sharedData, 'expected.json'), 'utf8')))
    : {};
  for (const [file, right] of Object.entries(expected))
    test(file, async () => {
      const { scope } = await testWorkspace();
      const content = readFileSync(join(sharedData, file));
      const { rows, contacts: people, duplicates, invalid } = right;
      expect(await imported(scope, content)).toMatchObject({
        status: 'completed',
        rows,
        created: people,
        updated: 0,
        duplicates,
        invalid,
      });
      expect(await imported(scope, content)).toMatchObject({
        rows,
        created: 0,
        updated: people,
        duplicates,
        invalid,
      });
      expect(await contactsOf(scope)).toHaveLength(people);
    });
});

/** The traps of the sample files, for where they are not: `people` contacts, and known numbers of the rest. */
function trapped(people: number) {
  const lines = ['E-Mail;Vorname;Nachname;Telefon;Land;Umsatz;SMS erlaubt'];
  const bad = [
    '',
    '\u200b',
    'n/a',
    'a@b',
    'two@@example.com',
    'dot..dot@example.com',
    'space in@example.com',
  ];
  let invalid = 0;
  let duplicates = 0;
  for (let n = 0; n < people; n++) {
    const row = (address: string) => `${address};Zoë;"O""Brien;\n${n}";0151 ${59_965_595 + n};DE;1.234,50;ja`;
    lines.push(row(`Person${n}@Example.com`));
    if (n % 7 === 0) {
      lines.push(row(bad[(n / 7) % bad.length] ?? ''));
      invalid++;
    }
    if (n % 11 === 0) {
      lines.push(row(`  PERSON${n >> 1}@example.COM\u200b `));
      duplicates++;
    }
  }
  const rows = people + invalid + duplicates;
  return { text: lines.join('\r\n'), rows, created: people, invalid, duplicates };
}

test('reads rows once, tells duplicates and invalid ones apart, and keeps both', async () => {
  const { scope } = await testWorkspace();
  const { text, ...right } = trapped(500);
  const done = await imported(scope, text, { list: { name: 'Spring' } });
  expect(done).toMatchObject({ status: 'completed', updated: 0, ...right });
  const [list] = await inScope(scope, (tx) =>
    tx.select().from(lists).where(eq(lists.workspaceId, scope.workspaceId)),
  );
  expect(list).toMatchObject({ name: 'Spring', contactCount: 500 });
  const rejected = await listRejections(scope, done.id, { limit: 1000 });
  expect(rejected).toHaveLength(right.invalid + right.duplicates);
  expect(rejected.filter(({ reason }) => reason === 'duplicate')).toHaveLength(right.duplicates);
  expect(rejected[0]).toMatchObject({
    row: 2,
    reason: 'no_address',
    values: ['', 'Zoë', 'O"Brien;\n0', '0151 59965595', 'DE', '1.234,50', 'ja'],
  });
  expect(await contactOf(scope, 'person3@example.com')).toMatchObject({
    firstName: 'Zoë',
    lastName: 'O"Brien; 3',
    phone: '+4915159965598',
    country: 'DE',
    smsSubscribed: true,
    emailSubscribed: true,
    attributes: { umsatz: '1.234,50' },
  });
});

test('told to stop it ends behind a chunk, and goes on there with the same counts', async () => {
  const { scope } = await testWorkspace();
  const { text, ...right } = trapped(12_000);
  const id = await started(scope, text, { list: { name: 'All' } });
  const stopped = new AbortController();
  stopped.abort();
  expect(await runImport(scope, id, stopped.signal)).toBe('stopped');
  const half = await counts(scope, id);
  expect(half).toMatchObject({ status: 'running', rows: 1500 });
  expect(await contactsOf(scope)).toHaveLength(half.created);
  expect(await runImport(scope, id, stopped.signal)).toBe('stopped');
  expect(await runImport(scope, id, running())).toBe('ended');
  expect(await counts(scope, id)).toEqual({ status: 'completed', updated: 0, ...right });
  expect(await contactsOf(scope)).toHaveLength(right.created);
  expect(await listRejections(scope, id, { limit: 9999 })).toHaveLength(right.invalid + right.duplicates);
  expect(await runImport(scope, id, running())).toBe('ended');
  expect(await counts(scope, id)).toEqual({ status: 'completed', updated: 0, ...right });
});

test('two workers on one import count every row once', async () => {
  const { scope } = await testWorkspace();
  const { text, ...right } = trapped(11_000);
  const id = await started(scope, text);
  await Promise.all([runImport(scope, id, running()), runImport(scope, id, running())]);
  await runImport(scope, id, running());
  expect(await counts(scope, id)).toEqual({ status: 'completed', updated: 0, ...right });
});

test('a second import updates: values replace, empty cells do not, attributes merge', async () => {
  const { scope } = await testWorkspace();
  await imported(scope, 'email,first name,last name,city,plan\nann@example.com,Ann,Lee,Köln,free\n');
  const again = await imported(scope, 'email,first name,last name,city,size\nANN@example.com,Anna,,,XL\n');
  expect(again).toMatchObject({ created: 0, updated: 1, duplicates: 0, invalid: 0 });
  expect(await contactsOf(scope)).toHaveLength(1);
  expect(await contactOf(scope, 'ann@example.com')).toMatchObject({
    firstName: 'Anna',
    lastName: 'Lee',
    attributes: { city: 'Köln', plan: 'free', size: 'XL' },
  });
});

test('whoever unsubscribed stays unsubscribed; a no of the file counts, a missing answer does not', async () => {
  const { scope } = await testWorkspace();
  await imported(scope, 'email\nleft@example.com\nin@example.com\nalso@example.com\n');
  await inScope(scope, (tx) =>
    tx
      .update(contacts)
      .set({ emailSubscribed: false, emailUnsubscribedAt: sql`now()` })
      .where(eq(contacts.email, 'left@example.com')),
  );
  await imported(
    scope,
    'email,newsletter\nleft@example.com,yes\nin@example.com,no\nalso@example.com,\nnew@example.com,\nkeen@example.com,x\n',
  );
  const consent = Object.fromEntries(
    (await contactsOf(scope)).map(({ email, emailSubscribed }) => [email, emailSubscribed]),
  );
  expect(consent).toEqual({
    'left@example.com': false,
    'in@example.com': false,
    'also@example.com': true,
    'new@example.com': false,
    'keen@example.com': true,
  });
});

test('who said no in one file is not subscribed by the yes of the next', async () => {
  const { scope } = await testWorkspace();
  await imported(scope, 'email\nold@example.com\n');
  await imported(scope, 'email,newsletter\nold@example.com,no\nnew@example.com,no\nempty@example.com,\n');
  const said = await contactOf(scope, 'old@example.com');
  expect(said?.emailUnsubscribedAt).toBeInstanceOf(Date);
  expect(await contactOf(scope, 'empty@example.com')).toMatchObject({
    emailSubscribed: false,
    emailUnsubscribedAt: null,
  });
  await imported(scope, 'email,newsletter\nold@example.com,\nnew@example.com,\n');
  for (const answer of ['yes', 'no'])
    await imported(
      scope,
      `email,newsletter\nold@example.com,${answer}\nnew@example.com,yes\nempty@example.com,yes\n`,
    );
  expect(await contactOf(scope, 'old@example.com')).toMatchObject({
    emailSubscribed: false,
    emailUnsubscribedAt: said?.emailUnsubscribedAt,
  });
  expect(await contactOf(scope, 'new@example.com')).toMatchObject({ emailSubscribed: false });
  expect(await contactOf(scope, 'empty@example.com')).toMatchObject({
    emailSubscribed: true,
    emailUnsubscribedAt: null,
  });
});

test('listmonk: attributes merge, disabled and blocklisted people are not subscribed', async () => {
  const { scope } = await testWorkspace();
  const file = `uuid,email,name,attributes,status
1,on@example.com,On Person,"{""city"": ""Łódź"", ""likes"": [""tea""], ""__proto__"": 1}",enabled
2,off@example.com,Off,{},disabled
3,never@example.com,Never,"{""broken"": ",blocklisted
`;
  await imported(scope, file);
  expect(await contactOf(scope, 'on@example.com')).toMatchObject({
    firstName: 'On',
    lastName: 'Person',
    emailSubscribed: true,
    attributes: { city: 'Łódź', likes: ['tea'], uuid: '1' },
  });
  expect(await contactOf(scope, 'off@example.com')).toMatchObject({ emailSubscribed: false });
  expect(await contactOf(scope, 'never@example.com')).toMatchObject({
    emailSubscribed: false,
    attributes: { attributes: '{"broken":', uuid: '3' },
  });
});

test('what its field cannot hold becomes an attribute, and the row stays', async () => {
  const { scope } = await testWorkspace();
  const done = await imported(
    scope,
    'email,phone,country,timezone\nann@example.com,call me,Atlantis,Mars/Base\n',
  );
  expect(done).toMatchObject({ created: 1, invalid: 0 });
  expect(await contactOf(scope, 'ann@example.com')).toMatchObject({
    phone: null,
    country: null,
    timeZone: null,
    attributes: { phone: 'call me', country: 'Atlantis', timezone: 'Mars/Base' },
  });
});

test('workspaces do not meet: neither contacts, nor imports, nor lists', async () => {
  const { scope } = await testWorkspace();
  const { scope: other } = await testWorkspace();
  const file = 'email,first name\nann@example.com,Ann\n';
  const mine = await imported(scope, file, { list: { name: 'Mine' } });
  expect(await imported(other, file.replace('Ann\n', 'Other\n'))).toMatchObject({ created: 1, updated: 0 });
  expect(await contactOf(scope, 'ann@example.com')).toMatchObject({ firstName: 'Ann' });
  expect(await findImport(other, mine.id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
  expect(await cancelImport(other, mine.id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
  expect(await runImport(other, mine.id, running())).toBe('ended');
  expect(await listRejections(other, mine.id, { limit: 10 })).toEqual([]);
  const [list] = await inScope(scope, (tx) =>
    tx.select().from(lists).where(eq(lists.workspaceId, scope.workspaceId)),
  );
  if (!list) throw new Error('the list was made');
  await expect(started(other, file, { list: { id: list.id } })).rejects.toThrow('does not exist');
});

test('a marketer’s import changes nobody whom they may not, and no number of somebody on lists of others too', async () => {
  const { scope } = await testWorkspace();
  const [mine, others] = [
    await createList(scope, { name: 'Mine' }),
    await createList(scope, { name: 'Others' }),
  ];
  if (!mine.ok || !others.ok) throw new Error('both are new');
  const [own, other] = [mine.value.id, others.value.id];
  const add = (name: string, listIds: ListId[]) =>
    createContact(scope, { email: `${name}@example.com`, phone: '+4930901820', firstName: name, listIds });
  await add('ann', [own]);
  await add('ben', [own, other]);
  await add('cleo', [own, other]);
  await add('dan', [other]);
  const marketer = await newMember(scope, 'marketer');
  await setListAccess(scope, { listId: own, userId: marketer.id, access: 'edit' });
  const id = await started(
    await scopeOf(scope, marketer),
    'email,first name,phone\nann@example.com,Anna,+4930901821\nben@example.com,Benno,+4930901821\ncleo@example.com,Cleopatra,+4930901820\ndan@example.com,Daniel,\n',
    { list: { id: own } },
  );
  expect(await runImport(scope, id, running())).toBe('ended');
  expect(await counts(scope, id)).toMatchObject({ rows: 4, created: 0, updated: 2, invalid: 2 });
  expect((await contactsOf(scope)).map(({ firstName, phone }) => [firstName, phone])).toEqual([
    ['Anna', '+4930901821'],
    ['ben', '+4930901820'],
    ['Cleopatra', '+4930901820'],
    ['dan', '+4930901820'],
  ]);
  const rejected = await listRejections(scope, id, { limit: 10 });
  expect(rejected.map(({ reason }) => reason)).toEqual(['phone_out_of_reach', 'out_of_reach']);
});

test('rejected rows are numbered as a spreadsheet numbers them, the header first', async () => {
  const { scope } = await testWorkspace();
  const numbers = async (content: string, header: boolean) => {
    const { id } = await imported(scope, content, { header, columns: ['email'] });
    const found = await findImport(scope, id);
    if (!found.ok) throw new Error(found.problem.message);
    let csv = '';
    for await (const piece of rejectionsCsv(scope, found.value)) csv += piece;
    const lines = csv.split('\r\n');
    return lines.slice(1, -1).map((line) => line.split(',')[0]);
  };
  expect(await numbers('email\nann@example.com\nno address\n', true)).toEqual(['3']);
  expect(await numbers('ben@example.com\nno address\n', false)).toEqual(['2']);
});

test('a later import waits for the earlier one of its workspace', async () => {
  const { scope } = await testWorkspace();
  const first = await started(scope, 'email\na@example.com\n');
  const second = await started(scope, 'email\na@example.com\n');
  expect(await runImport(scope, second, running())).toBe('waiting');
  expect(await findImport(scope, second)).toMatchObject({ value: { waiting: true, rows: 0 } });
  await runImport(scope, first, running());
  await runImport(scope, second, running());
  expect(await counts(scope, second)).toMatchObject({
    status: 'completed',
    created: 0,
    updated: 1,
    duplicates: 0,
  });
});

test('a cancelled import keeps what it has and writes no more', async () => {
  const { scope } = await testWorkspace();
  const id = await started(scope, trapped(6000).text);
  const stopped = new AbortController();
  stopped.abort();
  await runImport(scope, id, stopped.signal);
  const before = await contactsOf(scope);
  expect(await cancelImport(scope, id)).toMatchObject({ ok: true });
  expect(await runImport(scope, id, running())).toBe('ended');
  expect(await counts(scope, id)).toMatchObject({ status: 'cancelled', rows: 1500, created: before.length });
  expect(await contactsOf(scope)).toHaveLength(before.length);
  expect(await cancelImport(scope, id)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
});

test('a file that vanished ends the import with a sentence', async () => {
  const { scope } = await testWorkspace();
  const id = await started(scope, 'email\nann@example.com\n');
  await rm(join(env().DATA_DIR, 'imports'), { recursive: true });
  expect(await runImport(scope, id, running())).toBe('ended');
  expect(await findImport(scope, id)).toMatchObject({
    value: { status: 'failed', problem: expect.stringContaining('Upload it again') },
  });
});

test('a file that could not be removed at the end goes when the job is tried again', async () => {
  const { scope } = await testWorkspace();
  const { id } = await imported(scope, 'email\nann@example.com\n');
  const file = join(env().DATA_DIR, 'imports', `${id}.csv`);
  await writeFile(file, 'email\nann@example.com\n'); // as on a disk that was read-only meanwhile
  expect(await runImport(scope, id, running())).toBe('ended');
  expect(existsSync(file)).toBe(false);
});

test('a file whose upload could not be entered into the database is not kept', async () => {
  const { scope } = await testWorkspace();
  const nowhere = { ...scope, workspaceId: newId(WorkspaceId) };
  const filesOf = () => readdirSync(join(env().DATA_DIR, 'imports'));
  await upload(scope, 'email\nann@example.com\n');
  const before = filesOf();
  await expect(upload(nowhere, 'email\nann@example.com\n')).rejects.toThrow();
  expect(filesOf()).toEqual(before);
});

test('an upload that nobody started is forgotten after a week, and the audit log says so', async () => {
  const { scope } = await testWorkspace();
  const old = await upload(scope, 'email\nann@example.com\n');
  const young = await upload(scope, 'email\nann@example.com\n');
  if (!old.ok || !young.ok) throw new Error('both are files of contacts');
  await inScope(scope, (tx) =>
    tx.update(imports).set({ createdAt: sql`now() - interval '8 days'` }).where(eq(imports.id, old.value.id)),
  );
  await upload(scope, 'email\nann@example.com\n');
  const forgotten = await inScope(scope, (tx) =>
    tx
      .select({ id: auditLog.targetId, by: auditLog.userId })
      .from(auditLog)
      .where(and(eq(auditLog.workspaceId, scope.workspaceId), eq(auditLog.action, 'import.forgotten'))),
  );
  expect(forgotten).toEqual([{ id: old.value.id, by: userOf(scope) }]);
  expect(await counts(scope, old.value.id)).toMatchObject({ status: 'cancelled' });
  expect(await counts(scope, young.value.id)).toMatchObject({ status: 'uploaded' });
});

test('many new contacts are known to the planner at once, also in a workspace that it has not seen', async () => {
  const many = ['email', ...Array.from({ length: 1200 }, (_, n) => `p${n}@example.com`)].join('\n');
  const before = await testWorkspace();
  await imported(before.scope, many);
  await unsafeDatabase().execute(sql`analyze contacts`);
  const { scope } = await testWorkspace();
  const expects = () =>
    inScope(scope, async (tx) => {
      const [row] = await tx.execute<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
        sql`explain (format json) select from contacts where workspace_id = ${scope.workspaceId}`,
      );
      return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
    });
  expect(await expects()).toBeLessThan(100);
  await imported(scope, many);
  expect(await expects()).toBeGreaterThan(400);
});

describe('rows that are rejected, while the file goes on', () => {
  const cases: [name: string, row: string, reason: string][] = [
    ['an unclosed quote', '"lost@example.com,Lost', 'unclosed_quote'],
    ['text behind a quote', '"lost"x@example.com,Lost', 'broken_quote'],
    ['NUL bytes', 'lost@example.com,Lo\0st', 'nul'],
    ['a line of 5 MB', `lost@example.com,${'x'.repeat(5_000_000)}`, 'line_too_long'],
    ['too many cells', 'lost@example.com,Lost,and,more', 'too_many_fields'],
    ['a name like a novel', `lost@example.com,${'x'.repeat(3000)}`, 'name_too_long'],
  ];
  for (const [name, row, reason] of cases)
    test(name, async () => {
      const { scope } = await testWorkspace();
      const done = await imported(scope, `email,first name\na@example.com,A\n${row}\nb@example.com,B\n`);
      expect(done).toMatchObject({ status: 'completed', rows: 3, created: 2, invalid: 1 });
      expect(await listRejections(scope, done.id, { limit: 10 })).toMatchObject([{ row: 2, reason }]);
    });

  test('a short row is taken as far as it goes', async () => {
    const { scope } = await testWorkspace();
    expect(await imported(scope, 'email,first name,city\na@example.com\n,,\n\n')).toMatchObject({
      rows: 1,
      created: 1,
    });
  });
});

describe('files that are refused, and not kept', () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
  const cases: [name: string, content: string | Uint8Array, sentence: string][] = [
    ['empty', '', 'The file is empty'],
    ['only line ends', '\n\r\n\n', 'holds no rows'],
    ['an image', png, 'a PNG image'],
    ['a workbook', Buffer.from('PK\x03\x04rest'), 'an Excel workbook'],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256)),
      'not a text file',
    ],
    ['10,000 columns', Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(','), '10,000 columns'],
    ['one line of 6 MB', 'x'.repeat(6_000_000), 'longer than 1 MB'],
    ['an unclosed quote in the first line', '"email,name\na@example.com,A\n', 'quotation mark'],
  ];
  for (const [name, content, sentence] of cases)
    test(name, async () => {
      const { scope } = await testWorkspace();
      const answer = await upload(scope, content);
      expect(answer).toMatchObject({ ok: false, problem: { message: expect.stringContaining(sentence) } });
      expect(await listImports(scope)).toEqual([]);
    });

  test('without a column of addresses it does not start', async () => {
    const { scope } = await testWorkspace();
    await expect(started(scope, 'name,city\nAnn,Köln\n')).rejects.toThrow(
      'No column holds the e-mail addresses',
    );
    expect(await listImports(scope)).toMatchObject([{ status: 'uploaded', rows: 0 }]);
  });
});
