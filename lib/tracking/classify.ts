import { isbot } from 'isbot';
import type { TrackingClass, TrackingKind } from '../db/states';

/** What a request tells of whoever makes it. */
export type Visitor = {
  method: string;
  agent: string;
  /** What `Sec-Purpose` and its forerunners say. */
  purpose: string;
};

/** Mail services that fetch a picture when its reader looks at it, in the reader's place. */
const mailProxy = /GoogleImageProxy|YahooMailProxy|Yahoo! ?Mail|Outlook|Thunderbird/i;

/** By a single request. That all links were asked for at once is seen later, by all of them together (./count.ts). */
export function classOf(kind: TrackingKind, { method, agent, purpose }: Visitor): TrackingClass {
  if (method === 'HEAD') return 'head';
  if (/prefetch|preview|prerender/i.test(purpose)) return 'prefetch';
  return classOfAgent(kind, agent);
}

/** What the agent alone tells: also of what was recorded long ago, by what is known now. */
export function classOfAgent(
  kind: TrackingKind,
  agent: string,
): Extract<TrackingClass, 'human' | 'apple' | 'scanner'> {
  // Apple's proxy gives no more than this, whoever reads and whether anybody does.
  if (kind === 'open' && agent === 'Mozilla/5.0') return 'apple';
  if (kind === 'open' && mailProxy.test(agent)) return 'human';
  return agent === '' || agent === 'Mozilla/5.0' || isProgram(agent) ? 'scanner' : 'human';
}

/** Asking takes longer than all the rest of answering a click, and the same agents come again and again. */
const asked = new Map<string, boolean>();
const mostAsked = 5_000;

function isProgram(agent: string): boolean {
  const known = asked.get(agent);
  if (known !== undefined) return known;
  const found = isbot(agent);
  if (asked.size >= mostAsked) asked.clear();
  asked.set(agent, found);
  return found;
}
