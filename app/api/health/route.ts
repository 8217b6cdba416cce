import { health } from '@/lib/health';

export const dynamic = 'force-dynamic';

/** Open to everybody: says that the parts work, and nothing about what is in them. */
export async function GET(): Promise<Response> {
  const report = await health();
  return Response.json(report, {
    status: report.status === 'ok' ? 200 : 503,
    headers: { 'Cache-Control': 'no-store' },
  });
}
