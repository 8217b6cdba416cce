import { isReportAddress } from '@/lib/deliveries/report-address';
import { type Received, receiveReport } from '@/lib/deliveries/reports';
import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { readAtMost, readAway } from '@/lib/read-at-most';

/*
 * Open to the world on purpose: here services report what became of messages. The address cannot be guessed, and what comes
 * must be signed by the service. An answer that is no 2xx makes it try again.
 */

const mostBytes = 1_000_000;

const answers: Record<Received['what'], { status: number; says: string }> = {
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
    // Nothing is held for a stranger: a thousand who each send a million bytes slowly would take all memory there is.
    if (!isReportAddress(token)) {
      void readAway(request.body);
      return answer(answers.unknown.status, `${answers.unknown.says}\n`);
    }
    const body = await readAtMost(request, mostBytes);
    if (!body) return answer(413, 'A report has at most 1 MB.\n');
    const { pathname, search } = new URL(request.url);
    // As the service was given it, whatever stands between it and us.
    const url = `${env().APP_URL}${pathname}${search}`;
    const received = await receiveReport(provider, token, { url, headers: request.headers, body });
    const { status, says } = answers[received.what];
    const own = 'answer' in received ? received.answer : undefined;
    return own ? answer(status, own.body, { 'Content-Type': own.type }) : answer(status, `${says}\n`);
  } catch (error) {
    log.error({ err: error }, 'a report could not be kept');
    return answer(503, 'It could not be kept now. Send it again.\n', { 'Retry-After': '30' });
  }
}

const answer = (status: number, body: string, headers = {}) =>
  new Response(body, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
  });
