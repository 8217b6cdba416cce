import type { Endpoint } from './discover';
import type { Principal } from './principals';
import type { Noun, Place, Row } from './rules';
import type { World } from './world';

/** One question: who asks what of which row. */
export type Cell = { endpoint: Endpoint; row: Row; who: Principal; place: Place; id: string };

/** `outcome`: in the words of ./rules.ts, or the status that none of those fits. `text`: all that came. */
export type Answer = { outcome: string; text: string };

const problemCodes: Record<number, string> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
};

/** Whose id stands behind a folder in an address. */
const nouns: Record<string, Noun> = {
  campaigns: 'campaign',
  contacts: 'contact',
  imports: 'import',
  lists: 'list',
  members: 'member',
  suppressions: 'suppression',
};

/** Puts ids into an address; where an action's page is of another kind than its target, one of that kind. */
function addressOf({ endpoint, row, id, who }: Cell, world: World): string {
  if (row.at) return row.at(id, world);
  return endpoint.path.replace(/(\w+)\/\[id\]/, (_, folder: string) => {
    const noun = nouns[folder] ?? row.on;
    const its = noun === row.on || !noun ? id : world.id(noun, 'own', who);
    return `${folder}/${its || 'none'}`;
  });
}

function bodyOf(
  { endpoint, row, id, place, who }: Cell,
  world: World,
): string | Uint8Array<ArrayBuffer> | undefined {
  if (row.raw !== undefined) return row.raw;
  const input = row.input?.(id, world, place, who);
  // An action's arguments as React writes them: for plain values that is JSON.
  if (endpoint.kind === 'action') return JSON.stringify([input ?? {}]);
  return input === undefined ? undefined : JSON.stringify(input);
}

export async function ask(cell: Cell, world: World, url: string): Promise<Answer> {
  const { endpoint, row, who } = cell;
  const body = bodyOf(cell, world);
  const headers: Record<string, string> = { ...world.headersOf(who), Origin: url };
  if (endpoint.kind === 'action')
    Object.assign(headers, {
      'Next-Action': endpoint.id,
      Accept: 'text/x-component',
      'Content-Type': 'text/plain;charset=UTF-8',
    });
  else if (row.input) headers['Content-Type'] = 'application/json';
  const response = await fetch(url + addressOf(cell, world), {
    method: endpoint.kind === 'action' ? 'POST' : endpoint.kind === 'route' ? endpoint.method : 'GET',
    ...{ headers, body, redirect: 'manual' },
  });
  const text = await textOf(response);
  return { outcome: outcomeOf(endpoint, response, text), text };
}

/** A stream of events goes on for ever: its first one is enough. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(first?.value);
}

function outcomeOf({ kind }: Endpoint, response: Response, text: string): string {
  const { status } = response;
  if (kind === 'action') return actionOutcome(response, text);
  const to = response.headers.get('location');
  if (to) {
    const { pathname } = new URL(to, response.url);
    if (pathname === '/sign-in' || pathname === '/setup') return 'unauthenticated';
    return pathname === '/no-workspace' ? 'no workspace' : 'redirect';
  }
  if (response.ok) return 'ok';
  return problemCodes[status] ?? `HTTP ${status}`;
}

/** What an action returned: the second row of its answer. */
export const resultOf = (text: string): string | undefined => /^1:(\{"ok":.*)$/m.exec(text)?.[1];

/** A redirect is how an action says that it was done. */
function actionOutcome(response: Response, text: string): string {
  if (response.headers.get('x-action-redirect')) return 'ok';
  const result = resultOf(text);
  if (result?.startsWith('{"ok":true')) return 'ok';
  return /"code":"(\w+)"/.exec(result ?? '')?.[1] ?? `HTTP ${response.status} without a result`;
}
