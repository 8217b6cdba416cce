'use client';

import { Button } from '@mantine/core';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { acceptInvitationAction } from './actions';

export function AcceptButton({ token, workspace }: { token: string; workspace: string }) {
  const { run, pending, problem } = useAction(acceptInvitationAction);
  return (
    <>
      <ProblemAlert problem={problem} />
      <Button loading={pending} onClick={() => run({ token })}>
        Join {workspace}
      </Button>
    </>
  );
}
