import type { NextConfig } from 'next';

export default {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Rendered by the web process for previews, as the worker does for sending: one copy, not one inside the bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    'pg-boss',
    'pino',
    'postgres',
    'nodemailer',
    '@react-email/render',
  ],
  headers: async () => [
    {
      source: '/(.*)',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
        { key: 'X-Frame-Options', value: 'SAMEORIGIN' },
      ],
    },
    // These win over what a route says itself, so the stricter ones of pages whose address is a key are said here too.
    ...['/u/:token', '/join/:token', '/reset/:token'].map((source) => ({
      source,
      headers: [
        { key: 'Referrer-Policy', value: 'no-referrer' },
        { key: 'X-Frame-Options', value: 'DENY' },
        { key: 'X-Robots-Tag', value: 'noindex' },
      ],
    })),
  ],
  // `npm run check` does that; a start from a fresh clone need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Else the menus of the visual editor lose the attributes by which they are styled.
  turbopack: { rules: { '**/@tiptap/react/dist/menus/index.js': { loaders: ['./scripts/keep-calls.mjs'] } } },
  experimental: {
    authInterrupts: true, // a page may answer 403
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'],
  },
} satisfies NextConfig;
