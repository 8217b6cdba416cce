'use client';

import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';

type LinkProps = { href: string; children: ReactNode; 'aria-label'?: string };

/** A Mantine button that is a link: server components may not hand Next's Link to a client component. */
export function LinkButton({ href, ...props }: ButtonProps & LinkProps) {
  return <Button component={Link} href={href} {...props} />;
}

export function LinkText({ href, ...props }: AnchorProps & LinkProps) {
  return <Anchor component={Link} href={href} {...props} />;
}
