'use client';

import { Box, Group, SegmentedControl, VisuallyHidden } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { PhonePreview } from '@/components/phone-preview';
import { ProblemAlert } from '@/components/problem-alert';
import type { CampaignId } from '@/lib/ids';
import type { AuthorChoices } from '@/lib/messages/author-choices';
import classes from './composer.module.css';
import { ComposerHeader } from './composer-header';
import { ConflictAlert } from './conflict-alert';
import type { Draft } from './draft-input';
import { Envelope } from './envelope';
import { ReaderSelect } from './reader-select';
import { TextBody } from './text-body';
import { useDraft } from './use-draft';
import { useTextPreview } from './use-text-preview';

type Props = {
  id: CampaignId;
  revision: number;
  initial: Draft;
  choices: AuthorChoices;
  reachesAll: boolean;
  /** What the phone shows as the sender. */
  from: string;
};

/** Where a text message is written, and beside it the phone on which it arrives. */
export function TextComposer({ id, revision, initial, choices, reachesAll, from }: Props) {
  const { draft, change, state, version, flush, keepMine, reload } = useDraft(id, revision, initial);
  const [shown, setShown] = useState<'write' | 'preview'>('write');
  const [beside, setBeside] = useState(true);
  const [leaving, startLeaving] = useTransition();
  const router = useRouter();
  const preview = useTextPreview(id, draft);
  const errors = { ...preview.errors, ...(state.kind === 'failed' ? state.fields : {}) };
  const review = () =>
    startLeaving(async () => {
      if (await flush()) router.push(`/campaigns/${id}/review`);
    });
  return (
    <Box className={classes.composer} data-beside={beside || undefined} data-shown={shown}>
      <VisuallyHidden component="h1">Write “{draft.name}”</VisuallyHidden>
      <ComposerHeader
        id={id}
        name={draft.name}
        nameError={errors.name}
        onName={(name) => change({ name })}
        state={state}
        flush={flush}
        onReview={review}
        reviewing={leaving}
        beside={beside}
        onBeside={setBeside}
        channel="sms"
        ownAddress=""
        contactId={preview.shown?.contact?.id ?? preview.contactId}
      />
      <ConflictAlert state={state} onReload={reload} onKeep={keepMine} />
      <SegmentedControl
        className={classes.tabs}
        fullWidth
        aria-label="Show"
        value={shown}
        onChange={(value) => setShown(value === 'preview' ? 'preview' : 'write')}
        data={[
          { value: 'write', label: 'Write' },
          { value: 'preview', label: 'Preview' },
        ]}
      />
      <div className={classes.columns}>
        <div className={classes.write}>
          <Envelope {...{ draft, change, choices, reachesAll, errors }} channel="sms" />
          <TextBody
            key={version}
            value={draft.content.format === 'text' ? draft.content.body : ''}
            onChange={(body) => change({ content: { format: 'text', body } })}
            tags={choices.mergeTags}
            error={errors.body}
            shown={preview.shown}
          />
        </div>
        <section className={classes.preview} aria-label="Preview">
          <Group gap="xs" className={classes.previewTools}>
            <ReaderSelect
              id={id}
              listIds={draft.listIds}
              reader={preview.shown?.contact ?? null}
              known={preview.shown !== undefined}
              onChoose={preview.setContactId}
            />
          </Group>
          <ProblemAlert problem={preview.errors.body ? undefined : preview.problem} />
          <PhonePreview from={from} text={preview.shown?.text ?? ''} />
        </section>
      </div>
    </Box>
  );
}
