import { type Received, receiveReport } from '@/lib/deliveries/reports';
import { log } from '@/lib/log';
import { readAtMost } from '@/lib/read-at-most';

/*
 * Open to the world on purpose: here services report what became of messages. The address cannot be guessed, and what comes
 * must be signed by the service. An answer that is no 2xx makes it try again.
 */

const mostBytes = 1_000_000;

const answers: Record<Received, { status: number; says: string }> = {
  kept: { status: 200, says: 'Kept.' },
  seen: { status: 200, says: 'Seen before.' },
  unknown: { status: 404, says: 'There is nothing here.' },
  unsigned: {
    status: 401,
    says: 'The signature is not right. Enter the signing secret of this webhook in the settings of the sender.',
  },
};

type Context = { params: Promise<{ provider: string; token: string }> };

export async function POST(request: Request, { params }: Context): Promise<Response> {
  try {
    const { provider, token } = await params;
    const body = await readAtMost(request, mostBytes);
    if (!body) return answer(413, 'A report has at most 1 MB.');
    const { status, says } =
      answers[await receiveReport(provider, token, { headers: request.headers, body })];
    return answer(status, says);
  } catch (error) {
    log.error({ err: error }, 'a report could not be kept');
    return answer(503, 'It could not be kept now. Send it again.', { 'Retry-After': '30' });
  }
}

const answer = (status: number, says: string, headers = {}) =>
  new Response(`${says}\n`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
  });
