'use client';

import { Group, Text, Textarea, TextInput } from '@mantine/core';
import { useId } from 'react';
import type { Draft, DraftChanges } from './draft-input';
import { Row } from './envelope-row';

type Props = {
  draft: Draft;
  change: (changes: DraftChanges) => void;
  errors: Record<string, string>;
};

/** What the page of each recipient's code says. */
export function OfferRow({ draft: { offerText, offerUntil }, change, errors }: Props) {
  const id = useId();
  return (
    <Row label="Offer" htmlFor={id}>
      <Textarea
        id={id}
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={6}
        placeholder="What the page of their QR code offers, if anything"
        maxLength={500}
        value={offerText}
        onChange={(event) => change({ offerText: event.currentTarget.value })}
        error={errors.offerText}
      />
      {offerText !== '' && (
        <Group gap="xs" pb={6}>
          <Text component="label" fz="sm" c="dimmed" htmlFor={`${id}-until`}>
            Valid until
          </Text>
          <TextInput
            id={`${id}-until`}
            type="date"
            size="xs"
            value={offerUntil ?? ''}
            onChange={(event) => change({ offerUntil: event.currentTarget.value || null })}
            error={errors.offerUntil}
          />
          <Text fz="xs" c="dimmed">
            Optional. That day is the last.
          </Text>
        </Group>
      )}
    </Row>
  );
}
