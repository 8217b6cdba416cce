'use client';

import { Box, SegmentedControl, VisuallyHidden } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import type { CampaignId } from '@/lib/ids';
import type { AuthorChoices } from '@/lib/messages/author-choices';
import { BodyEditor } from './body-editor';
import classes from './composer.module.css';
import { ComposerHeader } from './composer-header';
import { ConflictAlert } from './conflict-alert';
import type { Draft } from './draft-input';
import { Envelope } from './envelope';
import { PreviewPane } from './preview-pane';
import { useDraft } from './use-draft';
import { usePreview } from './use-preview';

type Props = {
  id: CampaignId;
  revision: number;
  initial: Draft;
  choices: AuthorChoices;
  ownAddress: string;
  reachesAll: boolean;
};

/** Where a campaign is written: the envelope, the message, and beside it what a reader will see. */
export function Composer({ id, revision, initial, choices, ownAddress, reachesAll }: Props) {
  const { draft, change, state, version, flush, keepMine, reload } = useDraft(id, revision, initial);
  const [shown, setShown] = useState<'write' | 'preview'>('write');
  const [beside, setBeside] = useState(true);
  const [leaving, startLeaving] = useTransition();
  const router = useRouter();
  const preview = usePreview(id, draft);
  const saveErrors = state.kind === 'failed' ? state.fields : {};
  const errors = { ...preview.errors, ...saveErrors };

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
        channel="email"
        ownAddress={ownAddress}
        contactId={preview.message?.contact?.id ?? preview.contactId}
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
          <Envelope {...{ draft, change, choices, reachesAll, errors }} channel="email" />
          {draft.content.format !== 'text' && (
            <BodyEditor
              key={version}
              content={draft.content}
              onChange={change}
              tags={choices.mergeTags}
              error={errors.body}
            />
          )}
        </div>
        <section className={classes.preview} aria-label="Preview">
          <PreviewPane id={id} listIds={draft.listIds} preview={preview} />
        </section>
      </div>
    </Box>
  );
}
