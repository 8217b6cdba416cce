'use client';

import { Button } from '@mantine/core';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import type { WebhookId, WebhookMessageId } from '@/lib/ids';
import { sendMessageAgainAction } from '../actions';

export function SendAgain(message: { id: WebhookId; messageId: WebhookMessageId }) {
  const { run, pending, problem } = useAction(sendMessageAgainAction);
  useProblemNotice(problem);
  return (
    <Button variant="default" size="xs" loading={pending} onClick={() => run(message)}>
      Send again
    </Button>
  );
}
