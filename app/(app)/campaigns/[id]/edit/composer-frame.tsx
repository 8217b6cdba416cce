'use client';

import { Box, SegmentedControl, VisuallyHidden } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState, useTransition } from 'react';
import type { Channel } from '@/lib/db/states';
import type { CampaignId, ContactId } from '@/lib/ids';
import type { AuthorChoices } from '@/lib/messages/author-choices';
import classes from './composer.module.css';
import { ComposerHeader } from './composer-header';
import { ConflictAlert } from './conflict-alert';
import { Envelope } from './envelope';
import type { useDraft } from './use-draft';

type Props = {
  id: CampaignId;
  channel: Channel;
  writing: ReturnType<typeof useDraft>;
  errors: Record<string, string>;
  choices: AuthorChoices;
  reachesAll: boolean;
  ownAddress: string;
  contactId: ContactId | null;
  /** The message itself, where it is written. */
  body: ReactNode;
  preview: ReactNode;
};

/** What is around every message: its name, whether it is saved, the envelope above it and the preview beside it. */
export function ComposerFrame(props: Props) {
  const { id, channel, writing, errors, choices, reachesAll } = props;
  const { draft, change, state, flush, keepMine, reload } = writing;
  const [shown, setShown] = useState<'write' | 'preview'>('write');
  const [beside, setBeside] = useState(true);
  const [leaving, startLeaving] = useTransition();
  const router = useRouter();
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
        channel={channel}
        ownAddress={props.ownAddress}
        contactId={props.contactId}
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
          <Envelope {...{ draft, change, choices, reachesAll, errors, channel }} />
          {props.body}
        </div>
        <section className={classes.preview} aria-label="Preview">
          {props.preview}
        </section>
      </div>
    </Box>
  );
}

/** What is wrong with a draft: what saving said counts before what its preview did. */
export const errorsOf = (
  { state }: ReturnType<typeof useDraft>,
  preview: { errors: Record<string, string> },
): Record<string, string> => ({ ...preview.errors, ...(state.kind === 'failed' ? state.fields : {}) });
