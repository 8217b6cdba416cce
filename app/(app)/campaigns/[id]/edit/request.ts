import { fail, type Problem, type Result } from '@/lib/errors';

const codes: Record<number, Problem['code']> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  429: 'rate_limited',
};

type Refusal = { error?: { message?: string; details?: Record<string, string> } };

/** Asks one of our own routes. A server that cannot be reached is a problem like any other, and heals by itself. */
export async function request<Value>(url: string, init: RequestInit = {}): Promise<Result<Value>> {
  try {
    const response = await fetch(url, init);
    const body: Value & Refusal = await response.json();
    if (response.ok) return { ok: true, value: body };
    const { message = 'Something went wrong on our side.', details } = body.error ?? {};
    return fail(codes[response.status] ?? 'unavailable', message, { fields: details });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    return fail('unavailable', 'The server cannot be reached.');
  }
}

export function post<Value>(url: string, body: unknown, init: RequestInit = {}): Promise<Result<Value>> {
  const headers = { 'Content-Type': 'application/json' };
  return request(url, { method: 'POST', headers, body: JSON.stringify(body), ...init });
}
