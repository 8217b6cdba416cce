'use client';

import { Group } from '@mantine/core';
import { PhonePreview } from '@/components/phone-preview';
import { ProblemAlert } from '@/components/problem-alert';
import type { CampaignId } from '@/lib/ids';
import type { AuthorChoices } from '@/lib/messages/author-choices';
import classes from './composer.module.css';
import { ComposerFrame, errorsOf } from './composer-frame';
import type { Draft } from './draft-input';
import { ReaderSelect } from './reader-select';
import { TextBody } from './text-body';
import { useDraft } from './use-draft';
import { useTextPreview } from './use-preview';

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
  const writing = useDraft(id, revision, initial);
  const { draft, change, version } = writing;
  const preview = useTextPreview(id, draft);
  const errors = errorsOf(writing, preview);
  return (
    <ComposerFrame
      {...{ id, writing, errors, choices, reachesAll }}
      channel="sms"
      ownAddress=""
      contactId={preview.shown?.contact?.id ?? preview.contactId}
      body={
        <TextBody
          key={version}
          value={draft.content.format === 'text' ? draft.content.body : ''}
          onChange={(body) => change({ content: { format: 'text', body } })}
          tags={choices.mergeTags}
          error={errors.body}
          shown={preview.shown}
        />
      }
      preview={
        <>
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
        </>
      }
    />
  );
}
