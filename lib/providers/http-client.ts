import * as plain from 'node:http';
import * as secure from 'node:https';
import type { SendResult } from './provider';

export type HttpRequest = {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: string;
};

export type HttpAnswer = { status: number; headers: plain.IncomingHttpHeaders; body: string };

/** There was no whole answer. `began`: the request had begun to go out, so that it may have been taken. */
export class NoAnswer extends Error {
  constructor(
    message: string,
    readonly began: boolean,
    readonly code = '',
  ) {
    super(message);
  }
}

export type HttpLimits = {
  /** How long a request may take, connecting included, in milliseconds. */
  answer: number;
  /** How long an interrupted request that is already out still waits for its answer, in milliseconds. */
  grace: number;
  /** Whether connections are kept for the next request; else each has one of its own. */
  keepAlive: boolean;
};
export const httpLimits: HttpLimits = { answer: 30_000, grace: 2_000, keepAlive: true };

/** No service has more to say about a batch. */
const longestAnswer = 1024 * 1024;

/**
 * Requests over connections that are kept until `close`. Unlike fetch it never sends one again by itself, and knows whether
 * anything of it went out.
 */
export class HttpClient {
  #agents;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(private readonly limits: HttpLimits = httpLimits) {
    this.#agents = newAgents(limits);
  }

  /** Rejects with NoAnswer, and with nothing else. */
  async exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = this.#exchange(request, signal);
    this.#underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(answer);
    }
  }

  /** Ends the connections, once what is on the way has been answered. Requests that come later have new ones. */
  async close(): Promise<void> {
    const agents = this.#agents;
    this.#agents = newAgents(this.limits);
    await Promise.allSettled(this.#underWay);
    agents.plain.destroy();
    agents.secure.destroy();
  }

  #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const { method, url, headers, body = '' } = request;
      const isSecure = url.protocol === 'https:';
      const { request: open } = isSecure ? secure : plain;
      let began = false;
      const sent = open(url, {
        ...{ method, agent: isSecure ? this.#agents.secure : this.#agents.plain },
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      });
      const fail = (error: Error & { code?: string }) => {
        end();
        sent.destroy();
        reject(new NoAnswer(error.message, began, error.code));
      };
      const late = setTimeout(() => fail(new Error('no answer in time')), this.limits.answer);
      let grace: NodeJS.Timeout | undefined;
      const stop = () => {
        const interrupt = () => fail(new Error('interrupted'));
        if (began) grace = setTimeout(interrupt, this.limits.grace);
        else interrupt();
      };
      const end = () => {
        clearTimeout(late);
        clearTimeout(grace);
        signal.removeEventListener('abort', stop);
      };
      signal.addEventListener('abort', stop);
      sent.on('error', fail);
      sent.on('socket', (socket) => {
        if (sent.reusedSocket) began = true;
        else
          socket.once(isSecure ? 'secureConnect' : 'connect', () => {
            began = true;
          });
      });
      sent.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('error', fail);
        answer.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > longestAnswer) fail(new Error('the answer is too long'));
        });
        answer.on('end', () => {
          end();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
        });
      });
      if (signal.aborted) stop();
      else sent.end(body);
    });
  }
}

const newAgents = ({ keepAlive }: HttpLimits) => {
  const options = { keepAlive, timeout: 5_000 };
  return { plain: new plain.Agent(options), secure: new secure.Agent(options) };
};

/** Milliseconds that a service asks to wait for (RFC 9110 §10.2.3); undefined when it does not say. */
export function retryAfterMs({ headers }: HttpAnswer, now = Date.now()): number | undefined {
  const said = headers['retry-after'];
  if (said === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** What a body says; undefined when it is not JSON, as of a proxy that answers for a service. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A service's words in one line of at most 500 characters. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500) || 'No answer.';

/** What is true of messages whose request had no answer. */
export const unanswered = (error: NoAnswer): Exclude<SendResult, { outcome: 'sent' }> =>
  error.began
    ? {
        outcome: 'in-doubt',
        reason: 'in_doubt',
        detail: oneLine(`The request went out and no answer came: ${error.message}.`),
      }
    : {
        outcome: 'retry',
        reason: 'connection',
        detail: oneLine(`It could not be reached: ${error.message}.`),
      };
