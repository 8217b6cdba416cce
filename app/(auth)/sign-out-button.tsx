'use client';

import { Button, type ButtonProps } from '@mantine/core';
import { useTransition } from 'react';
import { signOutAction } from './actions';

type Props = ButtonProps & { next?: string; children: string };

export function SignOutButton({ next, children, ...look }: Props) {
  const [pending, startTransition] = useTransition();
  const signOut = () =>
    startTransition(async () => {
      await signOutAction({ next });
    });
  return (
    <Button {...look} loading={pending} onClick={signOut}>
      {children}
    </Button>
  );
}
