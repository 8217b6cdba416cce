import type { NextConfig } from 'next';

export default {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Nothing uses it, and resizing pictures for strangers costs.
  images: { unoptimized: true },
  // Rendered by the web process for previews, as the worker does for sending: one copy, not one inside the bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    'pg-boss',
    'pino',
    'postgres',
    'nodemailer',
    '@react-email/render',
  ],
  // `npm run check` does that; a start from a fresh clone need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Else the menus of the visual editor lose the attributes by which they are styled.
  turbopack: { rules: { '**/@tiptap/react/dist/menus/index.js': { loaders: ['./scripts/keep-calls.mjs'] } } },
  experimental: {
    // A pasted list of addresses may have 400,000 characters, of up to three bytes.
    serverActions: { bodySizeLimit: '2mb' },
    authInterrupts: true, // a page may answer 403
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'],
  },
} satisfies NextConfig;
