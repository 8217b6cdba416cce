'use client';

import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { Problem } from '@/lib/errors';
import type { CampaignId, ContactId } from '@/lib/ids';
import type { Draft, TextOrder } from './draft-input';
import { post } from './request';
import type { ShownText } from './text/route';

const pauseMs = 400;

/** The text message on the screen as somebody gets it, a little behind the writing; the last good one stays meanwhile. */
export function useTextPreview(id: CampaignId, { content, listIds }: Draft) {
  const [contactId, setContactId] = useState<ContactId | null>(null);
  const [shown, setShown] = useState<ShownText>();
  const [problem, setProblem] = useState<Problem>();
  const body = content.format === 'text' ? content.body : '';
  const key = JSON.stringify({ body, listIds, contactId } satisfies TextOrder);
  const [order] = useDebouncedValue(key, pauseMs);

  useEffect(() => {
    const stop = new AbortController();
    const headers = { 'Content-Type': 'application/json' };
    post<ShownText>(`/campaigns/${id}/edit/text`, undefined, {
      body: order,
      headers,
      signal: stop.signal,
    }).then(
      (answer) => {
        if (stop.signal.aborted) return;
        setProblem(answer.ok ? undefined : answer.problem);
        if (answer.ok) setShown(answer.value);
      },
      () => undefined,
    );
    return () => stop.abort();
  }, [id, order]);

  return { shown, problem, errors: problem?.fields ?? {}, contactId, setContactId };
}
