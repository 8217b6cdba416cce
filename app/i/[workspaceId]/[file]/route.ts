import { unsafeReadImage } from '@/lib/images/images';

/** Pictures of messages, open to the world: the name is the hash of the content, so that it never changes. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ workspaceId: string; file: string }> },
): Promise<Response> {
  const { workspaceId, file } = await params;
  const image = await unsafeReadImage(workspaceId, file);
  if (!image)
    return new Response('There is no such image.', { status: 404, headers: { 'Cache-Control': 'no-store' } });
  return new Response(image.content, {
    headers: {
      'Content-Type': image.contentType,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cross-Origin-Resource-Policy': 'cross-origin',
    },
  });
}
