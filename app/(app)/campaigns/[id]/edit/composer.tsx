'use client';

import type { CampaignId } from '@/lib/ids';
import type { AuthorChoices } from '@/lib/messages/author-choices';
import { BodyEditor } from './body-editor';
import { ComposerFrame, errorsOf } from './composer-frame';
import type { Draft } from './draft-input';
import { PreviewPane } from './preview-pane';
import { useDraft } from './use-draft';
import { useMessagePreview } from './use-preview';

type Props = {
  id: CampaignId;
  revision: number;
  initial: Draft;
  choices: AuthorChoices;
  ownAddress: string;
  reachesAll: boolean;
};

/** Where an e-mail is written, and beside it what a reader will see. */
export function Composer({ id, revision, initial, choices, ownAddress, reachesAll }: Props) {
  const writing = useDraft(id, revision, initial);
  const { draft, change, version } = writing;
  const preview = useMessagePreview(id, draft);
  const errors = errorsOf(writing, preview);
  return (
    <ComposerFrame
      {...{ id, writing, errors, choices, reachesAll, ownAddress }}
      channel="email"
      contactId={preview.shown?.contact?.id ?? preview.contactId}
      body={
        draft.content.format !== 'text' && (
          <BodyEditor
            key={version}
            content={draft.content}
            onChange={change}
            tags={choices.mergeTags}
            error={errors.body}
          />
        )
      }
      preview={<PreviewPane id={id} listIds={draft.listIds} preview={preview} />}
    />
  );
}
