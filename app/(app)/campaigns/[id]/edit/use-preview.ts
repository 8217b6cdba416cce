'use client';

import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { Problem } from '@/lib/errors';
import type { CampaignId, ContactId } from '@/lib/ids';
import type { PreviewedMessage } from '@/lib/messages/preview';
import type { Draft, PreviewOrder } from './draft-input';
import { post } from './request';

const pauseMs = 400;

/** The message on the screen as a reader gets it, a little behind the writing; the last good one stays while a tag is half typed. */
export function usePreview(id: CampaignId, { subject, preheader, content, listIds }: Draft) {
  const [contactId, setContactId] = useState<ContactId | null>(null);
  const [message, setMessage] = useState<PreviewedMessage>();
  const [problem, setProblem] = useState<Problem>();
  const key = JSON.stringify({ subject, preheader, content, listIds, contactId } satisfies PreviewOrder);
  const [order] = useDebouncedValue(key, pauseMs);

  useEffect(() => {
    const stop = new AbortController();
    const headers = { 'Content-Type': 'application/json' };
    post<PreviewedMessage>(`/campaigns/${id}/edit/preview`, undefined, {
      body: order,
      headers,
      signal: stop.signal,
    }).then(
      (answer) => {
        if (stop.signal.aborted) return;
        setProblem(answer.ok ? undefined : answer.problem);
        if (answer.ok) setMessage(answer.value);
      },
      () => undefined,
    );
    return () => stop.abort();
  }, [id, order]);

  return { message, problem, errors: problem?.fields ?? {}, contactId, setContactId, behind: key !== order };
}

export type Preview = ReturnType<typeof usePreview>;
