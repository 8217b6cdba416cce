import { env } from '@/lib/env';
import { metricsText } from '@/lib/monitoring/metrics';
import { mayReadMetrics } from '@/lib/monitoring/metrics-access';

export const dynamic = 'force-dynamic';

/** For Prometheus: with METRICS_TOKEN, or without one from this machine alone. */
export async function GET(request: Request): Promise<Response> {
  const { METRICS_TOKEN } = env();
  if (!mayReadMetrics(request.headers, METRICS_TOKEN))
    return new Response(
      'The figures are shown to whoever sends METRICS_TOKEN as a Bearer token, or, where none is set, on this machine alone.\n',
      { status: 401, headers: { 'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store' } },
    );
  return new Response(await metricsText(), {
    headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' },
  });
}
