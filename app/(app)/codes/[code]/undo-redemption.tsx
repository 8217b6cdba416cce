'use client';

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import type { CampaignId, ContactId } from '@/lib/ids';
import { undoRedemptionAction } from '../actions';

type Props = { which: { contactId: ContactId; campaignId: CampaignId }; secondsLeft: number };

/** Takes back what was redeemed by mistake, as long as that may be. */
export function UndoRedemption({ which, secondsLeft }: Props) {
  const [left, setLeft] = useState(secondsLeft);
  const { run, pending, problem } = useAction(undoRedemptionAction);
  useProblemNotice(problem);
  useEffect(() => {
    const timer = setInterval(() => setLeft((current) => Math.max(0, current - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  if (left === 0) return null;
  return (
    <Button variant="default" loading={pending} onClick={() => run(which)}>
      Undo
      <span className="numbers" aria-hidden>
        &nbsp;({left})
      </span>
    </Button>
  );
}
