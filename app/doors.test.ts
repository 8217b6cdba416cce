import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Files that are open to the world, and why each may be. */
const open: Record<string, string> = {
  'u/[token]/route.ts': 'the signature in the link is the key; mailbox providers send no cookie',
  'q/[code]/route.ts':
    'whoever holds a code may see its page; staff who are signed in go on to where it is redeemed',
  's/[slug]/route.ts': 'whoever got a text message follows its links, and nothing but their count changes',
  'i/[workspaceId]/[file]/route.ts': 'pictures of messages, shown by mail programs',
  'api/webhooks/[provider]/[token]/route.ts': 'services report there, and sign what they say',
  'docs/api/page.tsx': 'how to use the API; it knows nothing of any workspace',
  'api/v1/openapi.json/route.ts': 'the same for programs',
  'api/v1/[[...path]]/route.ts': 'says that there is nothing, to whoever asks for what is not there',
  'api/health/route.ts': 'monitors ask without an account, and learn no more than what is down',
  'metrics/route.ts': 'monitors ask without an account: by a token of their own, or from this machine alone',
  'api/auth/[...nextauth]/route.ts': 'signing in itself',
  '(auth)/sign-in/page.tsx': 'the form before there is a session',
  '(auth)/join/[token]/page.tsx':
    'the token in the link is the key; whoever is invited may have no account yet',
  '(auth)/forgot/page.tsx': 'the form for whoever cannot sign in',
  '(auth)/reset/[token]/page.tsx': 'the token in the link is the key, and opening it changes nothing',
  '(auth)/setup/page.tsx': 'the form before there is an account; it shows nothing once there is one',
};

/** What Next.js reads from a page or route beside what it runs. */
const setting = /^export const (?:metadata|dynamic|revalidate|runtime|maxDuration)\b/;
const onlyType = /^export (?:type|interface)\b/;

/** The doors that a file's exports may use: they count only as the ones of lib/action.ts, and for the API of lib/api. */
function doorsOf(name: string, source: string): string[] {
  // A session opens nothing there, and a key nothing anywhere else.
  const isApi = name.startsWith('api/v1/');
  const isAction = /^\s*['"]use server['"]/.test(source);
  const isPage = name.endsWith('page.tsx');
  const wanted = isAction
    ? ['authorizedAction', 'signedInAction', 'unsafePublicAction']
    : isPage
      ? ['authorizedPage', 'signedInPage']
      : isApi
        ? ['apiRoute']
        : ['authorizedRoute', 'authorizedStream'];
  const home = isApi ? '@/lib/api/route' : '@/lib/action';
  const imported = new RegExp(`^import \\{([^}]*)\\} from '${home}';`, 'm').exec(source)?.[1] ?? '';
  const names = imported.split(',').map((part) => part.trim());
  return wanted.filter((door) => names.includes(door));
}

/** The exports of a page, route or file of actions, and actions inside of other files, that no door guards. */
function unguarded(name: string, text: string): string[] {
  const source = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').trimStart();
  const isAction = /^['"]use server['"]/.test(source);
  if (!isAction && /['"]use server['"]/.test(source)) return ['an action inside of another file'];
  if (!isAction && !/(?:^|\/)(?:page|route)\.tsx?$/.test(name)) return [];
  const guarded = doorsOf(name, source).map((door) =>
    door.endsWith('Page') ? `export default ${door}(` : ` = ${door}(`,
  );
  const exported = [...source.matchAll(/(?<=^|[;}])\s*(export\b[^;\n]*)/gm)].map((found) => found[1] ?? '');
  return exported.filter(
    (line) =>
      !onlyType.test(line) &&
      (isAction || !setting.test(line)) &&
      !guarded.some((start) => line.replace(/^export const \w+/, '').startsWith(start)),
  );
}

test('every page, route and action is behind a door, except for those that are named', async () => {
  const found: Record<string, string[]> = {};
  let files = 0;
  for await (const name of glob('**/*.{ts,tsx}', { cwd: import.meta.dirname })) {
    if (name.endsWith('.test.ts')) continue;
    files++;
    const bare = unguarded(name, readFileSync(join(import.meta.dirname, name), 'utf8'));
    if (bare.length > 0) found[name] = bare;
  }
  expect(files).toBeGreaterThan(40);
  expect(Object.keys(found).sort()).toEqual(Object.keys(open).sort());
});

const door = (name: string) => `import { ${name} } from '@/lib/action';\n`;
const apiDoor = "import { apiRoute } from '@/lib/api/route';\n";

test.each([
  ['x/route.ts', 'export async function GET() { return new Response(); }'],
  ['x/route.ts', 'export const GET = async () => new Response();'],
  [
    'x/route.ts',
    `${door('authorizedRoute')}export const GET = authorizedRoute('a', b); export const POST = go;`,
  ],
  ['x/route.ts', "import { authorizedRoute } from './mine';\nexport const GET = authorizedRoute('a', b);"],
  ['x/route.ts', "export { GET } from './other';"],
  ['x/route.ts', "export * from './other';"],
  ['x/route.ts', `${apiDoor}export const GET = apiRoute(a, b);`],
  ['api/v1/x/route.ts', `${door('authorizedRoute')}export const GET = authorizedRoute('a', b);`],
  ['api/v1/x/route.ts', `${door('apiRoute')}export const GET = apiRoute(a, b);`],
  ['x/page.tsx', 'export default function Page() { return <p>open</p>; }'],
  ['x/page.tsx', 'const page = () => <p>open</p>;\nexport default page;'],
  ['x/page.tsx', `${door('authorizedRoute')}export default authorizedRoute('a', b);`],
  ['x/do.ts', "'use server';\nexport async function doIt() {}"],
  ['x/do.ts', `'use server';\n${door('authorizedAction')}export const doIt = wrap(authorizedAction);`],
  [
    'x/form.tsx',
    "function Form() { async function save() { 'use server'; } return <form action={save} />; }",
  ],
])('finds what is bare: %s, %s', (name, source) => {
  expect(unguarded(name, source)).toHaveLength(1);
});

test.each([
  ['x/route.ts', `${door('authorizedRoute')}export const GET = authorizedRoute('a', b);`],
  [
    'x/page.tsx',
    `${door('authorizedPage')}export const metadata = {};\nexport default authorizedPage('a', b);`,
  ],
  ['x/do.ts', `'use server';\n${door('unsafePublicAction')}export const doIt = unsafePublicAction(a, b);`],
  ['api/v1/x/route.ts', `${apiDoor}export const GET = apiRoute(a, b);\nexport const POST = apiRoute(c, d);`],
  ['x/names.ts', 'export const anything = () => 1;'],
])('lets pass what has its door: %s, %s', (name, source) => {
  expect(unguarded(name, source)).toEqual([]);
});
