import { qrPng, qrSvg } from '@/lib/codes/qr-image';

/** For messages: kept for an hour by whoever sees it, and by nothing in between. */
const headers = {
  'Cache-Control': 'private, max-age=3600',
  'X-Robots-Tag': 'noindex, nofollow',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** A QR image that leads to an address. */
export function imageResponse(kind: 'png' | 'svg', url: string): Response {
  return kind === 'png'
    ? new Response(qrPng(url), { headers: { ...headers, 'Content-Type': 'image/png' } })
    : new Response(qrSvg(url, 'QR code'), { headers: { ...headers, 'Content-Type': 'image/svg+xml' } });
}
