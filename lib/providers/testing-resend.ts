import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const Message = z.object({
  from: z.string(),
  to: z.array(z.string()).length(1),
  reply_to: z.string().optional(),
  subject: z.string(),
  html: z.string().optional(),
  text: z.string(),
  headers: z.record(z.string(), z.string()),
});
type Message = z.output<typeof Message>;

/**
 * What the stand-in does with a request to send. `lose`: takes it and ends the connection; `keep`: takes it and never answers;
 * `drop`: ends the connection; `hang`: never answers; else it answers that and takes nothing. Undefined: takes it.
 */
export type ResendAct =
  | 'lose'
  | 'keep'
  | 'drop'
  | 'hang'
  | { status: number; headers?: Record<string, string>; body: unknown }
  | undefined;
export type ResendScript = (messages: Message[], n: number) => ResendAct | Promise<ResendAct>;

export type ResendStandIn = {
  url: string;
  /** Every message that was taken, in order; one that a key showed to be known is not taken again. */
  messages: Message[];
  /** Idempotency keys and bodies of all requests to send, in order. */
  requests: { key: string; body: string }[];
  /** As if nothing had been taken yet. */
  forget(): void;
  close(): Promise<void>;
};

export const rightKey = 're_right';
export const onlySendingKey = 're_only_sending';

const problem = (status: number, name: string, message: string, headers = {}): ResendAct => ({
  ...{ status, headers },
  body: { statusCode: status, name, message },
});
export const resendProblem = problem;

type Kept = { body: string; answer: string | undefined };

/** Resend's API as far as sending needs it, its memory for idempotency keys included. */
export async function startResendStandIn(script: ResendScript = () => undefined): Promise<ResendStandIn> {
  const standIn: ResendStandIn = { url: '', messages: [], requests: [], forget, close };
  const keys = new Map<string, Kept>();
  function forget(): void {
    keys.clear();
    standIn.messages.length = 0;
  }
  const server = createServer((request, response) => {
    void handle(request).then((act) => respond(act, response));
  });

  async function handle(request: IncomingMessage): Promise<ResendAct | { taken: string }> {
    const body = await text(request);
    const refused = unauthorized(request);
    if (refused) return refused;
    if (request.url === '/domains') return { status: 200, body: { data: [] } };
    if (request.url !== '/emails/batch' || request.method !== 'POST')
      return problem(404, 'not_found', 'The requested endpoint does not exist.');
    const key = String(request.headers['idempotency-key'] ?? '');
    if (key.length > 256)
      return problem(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.');
    standIn.requests.push({ key, body });
    return (key !== '' && known(key, body)) || send(key, body, request.headers['x-batch-validation']);
  }

  function known(key: string, body: string): ResendAct | { taken: string } {
    const kept = keys.get(key);
    if (!kept) return undefined;
    if (kept.body !== body)
      return problem(409, 'invalid_idempotent_request', 'Same key used with a different request payload.');
    return kept.answer === undefined
      ? problem(409, 'concurrent_idempotent_requests', 'The original request is still in progress.')
      : { taken: kept.answer };
  }

  async function send(
    key: string,
    body: string,
    validation: unknown,
  ): Promise<ResendAct | { taken: string }> {
    const messages = z.array(Message).min(1).max(100).safeParse(JSON.parse(body));
    if (!messages.success) return problem(422, 'validation_error', 'The request does not fit.');
    const kept: Kept = { body, answer: undefined };
    if (key !== '') keys.set(key, kept);
    const act = await script(messages.data, standIn.requests.length);
    if (act === 'drop' || act === 'hang' || typeof act === 'object') {
      keys.delete(key);
      return act;
    }
    const errors = messages.data.flatMap(({ to: [address = ''] }, index) =>
      /^gone@|[^\x21-\x7e]/.test(address)
        ? [{ index, message: 'Invalid `to` field. It must be an address.' }]
        : [],
    );
    if (errors[0] && validation !== 'permissive') {
      keys.delete(key);
      return problem(422, 'validation_error', errors[0].message);
    }
    const taken = messages.data.filter((_, n) => !errors.some(({ index }) => index === n));
    standIn.messages.push(...taken);
    kept.answer = JSON.stringify({ data: taken.map(() => ({ id: randomUUID() })), errors });
    return act ?? { taken: kept.answer };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return standIn;
}

function unauthorized({ headers, url }: IncomingMessage): ResendAct {
  const key = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (key === undefined)
    return problem(401, 'missing_api_key', 'Missing API key in the authorization header.');
  if (key === onlySendingKey && url === '/domains')
    return problem(401, 'restricted_api_key', 'This API key is restricted to only send emails.');
  return key === rightKey || key === onlySendingKey
    ? undefined
    : problem(url === '/domains' ? 400 : 401, 'validation_error', 'API key is invalid');
}

function respond(act: ResendAct | { taken: string }, response: ServerResponse): void {
  if (act === 'keep' || act === 'hang') return;
  if (act === undefined || act === 'lose' || act === 'drop') {
    response.destroy();
    return;
  }
  const [status, headers, body] =
    'taken' in act ? [200, {}, act.taken] : [act.status, act.headers ?? {}, JSON.stringify(act.body)];
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}
