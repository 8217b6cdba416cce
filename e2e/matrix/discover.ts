import { readFileSync } from 'node:fs';
import { z } from 'zod';

/*
 * What there is to ask for, as the build itself says it: every page, every method of every route, every server action.
 * So an endpoint that nobody thought of is found all the same.
 */

export type Endpoint =
  | { kind: 'page'; name: string; path: string }
  | { kind: 'route'; name: string; path: string; method: string }
  | { kind: 'action'; name: string; path: string; id: string };

const manifest = (name: string): unknown => JSON.parse(readFileSync(`.next/server/${name}.json`, 'utf8'));

const Paths = z.record(z.string(), z.string());
const Actions = z.object({
  node: z.record(
    z.string(),
    z.object({ exportedName: z.string(), filename: z.string(), workers: z.record(z.string(), z.unknown()) }),
  ),
});

/** "/(app)/campaigns/[id]/page" → "/campaigns/[id]". Groups in brackets are no part of an address. */
const pathOf = (key: string) => key.replace(/\/(?:page|route)$/, '').replace(/\/\([^)]*\)/g, '') || '/';

export async function discover(url: string): Promise<Endpoint[]> {
  const found: Endpoint[] = [];
  for (const key of Object.keys(Paths.parse(manifest('app-paths-manifest')))) {
    const path = pathOf(key);
    if (path.startsWith('/_')) continue; // the framework's own pages for what is not found, and for what failed
    if (key.endsWith('/page')) found.push({ kind: 'page', name: `page ${path}`, path });
    else
      for (const method of await methodsOf(url, path))
        found.push({ kind: 'route', name: `${method} ${path}`, path, method });
  }
  for (const [id, action] of Object.entries(Actions.parse(manifest('server-reference-manifest')).node)) {
    const pages = Object.keys(action.workers).map((worker) => pathOf(worker.replace(/^app/, '')));
    const path = pages.find((page) => !page.includes('[')) ?? pages[0];
    if (path === undefined) throw new Error(`no page has the action ${action.exportedName}`);
    found.push({ kind: 'action', name: `action ${action.exportedName}`, path, id });
  }
  return found;
}

/** The framework answers OPTIONS from what a route exports. */
async function methodsOf(url: string, path: string): Promise<string[]> {
  const answer = await fetch(url + path.replace(/\[[^\]]*\]/g, 'x'), { method: 'OPTIONS' });
  const allowed = answer.headers.get('allow');
  if (!allowed) return ['GET']; // a file of the build, such as the icon
  return allowed.split(', ').filter((method) => method !== 'OPTIONS' && method !== 'HEAD');
}
