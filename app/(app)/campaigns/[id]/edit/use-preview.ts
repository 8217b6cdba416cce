'use client';

import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { Problem } from '@/lib/errors';
import type { CampaignId, ContactId } from '@/lib/ids';
import type { PreviewedMessage } from '@/lib/messages/preview';
import type { Draft, PreviewOrder, TextOrder } from './draft-input';
import { post } from './request';
import type { ShownText } from './text/route';

const pauseMs = 400;

/** The message on the screen as a reader gets it, a little behind the writing; the last good one stays while a tag is half typed. */
function usePreview<Shown>(url: string, message: object) {
  const [contactId, setContactId] = useState<ContactId | null>(null);
  const [shown, setShown] = useState<Shown>();
  const [problem, setProblem] = useState<Problem>();
  const [order] = useDebouncedValue(JSON.stringify({ ...message, contactId }), pauseMs);

  useEffect(() => {
    const stop = new AbortController();
    const headers = { 'Content-Type': 'application/json' };
    post<Shown>(url, undefined, { body: order, headers, signal: stop.signal }).then(
      (answer) => {
        if (stop.signal.aborted) return;
        setProblem(answer.ok ? undefined : answer.problem);
        if (answer.ok) setShown(answer.value);
      },
      () => undefined,
    );
    return () => stop.abort();
  }, [url, order]);

  return { shown, problem, errors: problem?.fields ?? {}, contactId, setContactId };
}

export function useMessagePreview(id: CampaignId, { subject, preheader, content, listIds }: Draft) {
  const message = { subject, preheader, content, listIds } satisfies Omit<PreviewOrder, 'contactId'>;
  return usePreview<PreviewedMessage>(`/campaigns/${id}/edit/preview`, message);
}

export function useTextPreview(id: CampaignId, { content, listIds }: Draft) {
  const body = content.format === 'text' ? content.body : '';
  const message = { body, listIds } satisfies Omit<TextOrder, 'contactId'>;
  return usePreview<ShownText>(`/campaigns/${id}/edit/text`, message);
}

export type MessagePreview = ReturnType<typeof useMessagePreview>;
