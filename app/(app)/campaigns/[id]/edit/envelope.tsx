'use client';

import { Group, MultiSelect, Select, Text, TextInput } from '@mantine/core';
import { type ReactNode, useId, useRef } from 'react';
import { insertAtCursor } from '@/components/editor/insert-at-cursor';
import { MergeTagMenu } from '@/components/editor/merge-tag-menu';
import { Link } from '@/components/link';
import type { Channel } from '@/lib/db/states';
import type { AuthorChoices } from '@/lib/messages/author-choices';
import type { MergeTag } from '@/lib/messages/merge-tags';
import classes from './composer.module.css';
import type { Draft, DraftChanges } from './draft-input';
import { Row } from './envelope-row';
import { OfferRow } from './offer';

type Props = {
  channel: Channel;
  draft: Draft;
  change: (changes: DraftChanges) => void;
  choices: AuthorChoices;
  /** False: there may be lists which this person may not send to. */
  reachesAll: boolean;
  errors: Record<string, string>;
};

/** Phones cut a subject at about 40 characters, computers at about 70. */
const longSubject = 70;
const number = new Intl.NumberFormat('en');

/** Who writes to whom, and what stands in the inbox. */
export function Envelope({ channel, draft, change, choices, reachesAll, errors }: Props) {
  return (
    <div className={classes.envelope}>
      <From draft={draft} change={change} choices={choices} error={errors.senderId} />
      <To {...{ draft, change, choices, reachesAll }} error={errors.listIds} />
      {channel === 'email' && (
        <>
          <Line
            label="Subject"
            value={draft.subject}
            onChange={(subject) => change({ subject })}
            placeholder="What it is about"
            tags={choices.mergeTags}
            error={errors.subject}
            hint={subjectHint(draft.subject)}
          />
          <Line
            label="Preheader"
            value={draft.preheader}
            onChange={(preheader) => change({ preheader })}
            placeholder="The line beside the subject in the inbox"
            tags={choices.mergeTags}
            error={errors.preheader}
          />
        </>
      )}
      <OfferRow draft={draft} change={change} errors={errors} />
    </div>
  );
}

function subjectHint(subject: string): ReactNode {
  const length = Array.from(subject).length;
  if (length === 0) return null;
  const long = length > longSubject;
  return (
    <Text
      component="span"
      fz="xs"
      c={long ? 'orange.8' : 'dimmed'}
      className={`numbers ${long ? '' : classes.hint}`}
      title="Inboxes show about 40 to 70 characters"
    >
      {length}
      {long && ' · long'}
    </Text>
  );
}

type FieldProps = Omit<Props, 'errors' | 'reachesAll' | 'channel'> & { error: string | undefined };

function From({ draft, change, choices, error }: FieldProps) {
  const id = useId();
  return (
    <Row label="From" htmlFor={id}>
      <Select
        id={id}
        variant="unstyled"
        placeholder="Choose a sender"
        data={choices.senders.map((sender) => ({
          value: sender.id,
          label: sender.fromEmail ? `${sender.fromName} <${sender.fromEmail}> · ${sender.name}` : sender.name,
        }))}
        value={draft.senderId}
        onChange={(value) =>
          change({ senderId: choices.senders.find((sender) => sender.id === value)?.id ?? null })
        }
        allowDeselect={false}
        error={error}
        nothingFoundMessage="There is no sender yet. Add one in Settings."
      />
    </Row>
  );
}

function To({ draft, change, choices, reachesAll, error }: FieldProps & { reachesAll: boolean }) {
  const id = useId();
  const counts = new Map<string, number>(choices.lists.map((list) => [list.id, list.contactCount]));
  const people = draft.listIds.reduce((sum, listId) => sum + (counts.get(listId) ?? 0), 0);
  if (choices.lists.length === 0)
    return (
      <Row label="To" htmlFor={id}>
        <Text fz="sm" id={id} py={7}>
          {reachesAll ? (
            <>
              There is no list yet. <Link href="/contacts">Import contacts</Link> or{' '}
              <Link href="/lists">create a list</Link> first.
            </>
          ) : (
            <>
              There is no list that you may send to. Ask an admin of the workspace for one, or{' '}
              <Link href="/lists">create a list</Link>.
            </>
          )}
        </Text>
      </Row>
    );
  return (
    <Row
      label="To"
      htmlFor={id}
      after={
        draft.listIds.length > 0 && (
          <Text fz="xs" c="dimmed" className={`numbers ${classes.count}`}>
            {draft.listIds.length > 1 && 'up to '}
            {number.format(people)} {people === 1 ? 'contact' : 'contacts'}
          </Text>
        )
      }
    >
      <MultiSelect
        id={id}
        variant="unstyled"
        searchable
        hidePickedOptions
        placeholder={draft.listIds.length === 0 ? 'Choose lists' : undefined}
        data={choices.lists.map((list) => ({ value: list.id, label: list.name }))}
        renderOption={({ option }) => (
          <Group justify="space-between" w="100%" wrap="nowrap">
            <span>{option.label}</span>
            <Text component="span" fz="xs" c="dimmed" className="numbers">
              {number.format(counts.get(option.value) ?? 0)}
            </Text>
          </Group>
        )}
        value={draft.listIds}
        onChange={(values) =>
          change({
            listIds: choices.lists.map((list) => list.id).filter((listId) => values.includes(listId)),
          })
        }
        error={error}
        nothingFoundMessage="No list has this name."
      />
    </Row>
  );
}

type LineProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder: string;
  tags: MergeTag[];
  error: string | undefined;
  hint?: ReactNode;
};

function Line({ label, value, onChange, placeholder, tags, error, hint }: LineProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const insert = (text: string) => insertAtCursor(field, text, onChange);
  return (
    <Row label={label} htmlFor={id}>
      <TextInput
        id={id}
        ref={field}
        variant="unstyled"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        placeholder={placeholder}
        maxLength={500}
        error={error}
        rightSectionWidth={hint ? 88 : 34}
        rightSection={
          <Group gap={4} wrap="nowrap" justify="flex-end" w="100%">
            {hint}
            <MergeTagMenu compact tags={tags} onPick={insert} into={label.toLowerCase()} />
          </Group>
        }
      />
    </Row>
  );
}
