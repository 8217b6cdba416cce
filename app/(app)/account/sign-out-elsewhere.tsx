'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import { signOutElsewhereAction } from './actions';

/** Asks nothing before: whoever was signed out can sign in again. */
export function SignOutElsewhere() {
  const { run, pending, problem } = useAction(signOutElsewhereAction);
  useProblemNotice(problem);
  return (
    <Button
      variant="default"
      loading={pending}
      onClick={() =>
        run({}, () => notifications.show({ color: 'teal', message: 'You were signed out everywhere else.' }))
      }
    >
      Sign out everywhere else
    </Button>
  );
}
