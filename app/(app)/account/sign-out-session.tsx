'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import type { SessionId } from '@/lib/ids';
import { signOutSessionAction } from './actions';

export function SignOutSession({ id, device }: { id: SessionId; device: string }) {
  const { run, pending, problem } = useAction(signOutSessionAction);
  useProblemNotice(problem);
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={pending}
      aria-label={`Sign out ${device}`}
      onClick={() =>
        run({ id }, () => notifications.show({ color: 'teal', message: `${device} was signed out.` }))
      }
    >
      Sign out
    </Button>
  );
}
