'use client';

import NextLink from 'next/link';

/** next/link as a client reference: only so may a server component hand it on, as in `<Button component={Link} href="…">`. */
export const Link = NextLink;
