import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type TwilioMessage = {
  sid: string;
  to: string;
  from: string | null;
  messaging_service_sid: string | null;
  body: string;
  status: string;
  date_created: string;
  date_sent: string | null;
  statusCallback: string | null;
};

/**
 * What the stand-in does with a request to send. `lose`: makes the message and ends the connection; `keep`: makes it and never
 * answers; `drop`: ends the connection; `hang`: never answers; with `made` it makes it and answers that; else it answers that
 * alone. Undefined: makes it.
 */
export type TwilioAct =
  | 'lose'
  | 'keep'
  | 'drop'
  | 'hang'
  | { status: number; headers?: Record<string, string>; body: unknown; made?: true }
  | undefined;
export type TwilioScript = (form: URLSearchParams, n: number) => TwilioAct;

export type TwilioStandIn = {
  url: string;
  /** The newest first, as Twilio lists them. */
  messages: TwilioMessage[];
  /** The forms of all requests to send, in order. */
  requests: URLSearchParams[];
  /** How often it was asked for a list. */
  lists: number;
  close(): Promise<void>;
};

export const twilioAccount = {
  accountSid: 'AC00000000000000000000000000000001',
  authToken: 'right',
  from: '+15005550006',
};
const authorization = `Basic ${Buffer.from(`${twilioAccount.accountSid}:${twilioAccount.authToken}`).toString('base64')}`;
const base = `/2010-04-01/Accounts/${twilioAccount.accountSid}`;

export const twilioProblem = (status: number, code: number, message: string, headers = {}): TwilioAct => ({
  ...{ status, headers },
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

/** Twilio's REST API as far as sending needs it. It knows no idempotency: what is asked twice is made twice. */
export async function startTwilioStandIn(script: TwilioScript = () => undefined): Promise<TwilioStandIn> {
  const standIn: TwilioStandIn = { url: '', messages: [], requests: [], lists: 0, close };
  const server = createServer((request, response) => {
    void handle(request).then((act) => respond(act, response));
  });

  async function handle(request: IncomingMessage): Promise<TwilioAct> {
    const body = await text(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.headers.authorization !== authorization) return twilioProblem(401, 20003, 'Authenticate');
    if (pathname === `${base}.json`) return { status: 200, body: { status: 'active' } };
    if (pathname !== `${base}/Messages.json`)
      return twilioProblem(404, 20404, 'The requested resource was not found');
    return request.method === 'POST' ? create(new URLSearchParams(body)) : list(searchParams);
  }

  function list(query: URLSearchParams): TwilioAct {
    standIn.lists++;
    const messages = standIn.messages
      .filter(({ to }) => to === query.get('To'))
      .slice(0, Number(query.get('PageSize') ?? 50))
      .map((message) => ({ ...message, statusCallback: undefined }));
    return { status: 200, body: { messages } };
  }

  function create(form: URLSearchParams): TwilioAct {
    standIn.requests.push(form);
    const act = script(form, standIn.requests.length);
    if (act === 'drop' || act === 'hang' || (typeof act === 'object' && !act.made)) return act;
    const message: TwilioMessage = {
      sid: `SM${randomUUID().replaceAll('-', '')}`,
      to: form.get('To') ?? '',
      from: form.get('From'),
      messaging_service_sid: form.get('MessagingServiceSid'),
      body: form.get('Body') ?? '',
      status: 'queued',
      date_created: new Date().toUTCString(),
      date_sent: null,
      statusCallback: form.get('StatusCallback'),
    };
    standIn.messages.unshift(message);
    return act ?? { status: 201, body: message };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return standIn;
}

function respond(act: TwilioAct, response: ServerResponse): void {
  if (act === 'keep' || act === 'hang') return;
  if (typeof act !== 'object') {
    response.destroy();
    return;
  }
  response
    .writeHead(act.status, { 'content-type': 'application/json', ...act.headers })
    .end(JSON.stringify(act.body));
}
