import { pageResponse } from '@/components/public-page';
import {
  chooseTracking,
  readUnsubscribe,
  resubscribe,
  type Unsubscription,
  unsubscribe,
} from '@/lib/deliveries/unsubscribe';
import type { Problem, Result } from '@/lib/errors';
import { log } from '@/lib/log';
import { type Choice, readChoice } from './choice';
import { brokenPage, failedPage, unsubscribePage } from './pages';

/*
 * Open to the world on purpose: the signature in the token is the only key. The page and the one-click request (RFC 8058)
 * share one address, so both are answered here. GET changes nothing, because mail scanners follow links; POST asks for no
 * cookie and no origin, because mailbox providers send it.
 */

type Context = { params: Promise<{ token: string }> };

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { token } = await params;
  return answer(() => readUnsubscribe(token));
}

export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { token } = await params;
  const choice = await readChoice(request);
  return answer(() => verbs[choice](token), choice);
}

const verbs: Record<Choice, (token: string) => Promise<Result<Unsubscription>>> = {
  unsubscribe,
  subscribe: resubscribe,
  untrack: (token) => chooseTracking(token, false),
  track: (token) => chooseTracking(token, true),
};

async function answer(work: () => Promise<Result<Unsubscription>>, choice?: Choice): Promise<Response> {
  try {
    const result = await work();
    if (!result.ok) return brokenLink(result.problem);
    return pageResponse(200, unsubscribePage(result.value, choice));
  } catch (error) {
    log.error({ err: error }, 'an unsubscribe link failed');
    return pageResponse(503, failedPage(), { 'Retry-After': '30' });
  }
}

const brokenLink = ({ message }: Problem) => pageResponse(404, brokenPage(message));
