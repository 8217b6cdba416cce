'use client';

import { Alert, Text, Textarea } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useRef } from 'react';
import { insertAtCursor } from '@/components/editor/insert-at-cursor';
import { MergeTagMenu } from '@/components/editor/merge-tag-menu';
import type { TextLengths } from '@/lib/campaigns/text-lengths';
import type { MergeTag } from '@/lib/messages/merge-tags';
import type { TextSize } from '@/lib/messages/segments';
import classes from './composer.module.css';
import type { ShownText } from './text/route';

/** As in lib/messages/segments.ts, which counts in the server: its tables need not come into the browser. */
const longestText = 160;

type Props = {
  value: string;
  onChange: (body: string) => void;
  tags: MergeTag[];
  error: string | undefined;
  shown: ShownText | undefined;
};

/** The words of a text message, and how long they become. */
export function TextBody({ value, onChange, tags, error, shown }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (text: string) => insertAtCursor(field, text, onChange);
  return (
    <section className={classes.body} aria-label="Message">
      <div className={classes.textTools}>
        <MergeTagMenu tags={tags} onPick={insert} into="message" />
        {shown && <Count size={shown.size} />}
      </div>
      <Textarea
        ref={field}
        aria-label="Message"
        placeholder={'Hello {{ first_name | default: "there" }}, fresh bread for you until Sunday.'}
        autosize
        minRows={5}
        maxLength={2000}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Text fz="xs" c="dimmed" mt={6}>
        Each message ends with “Reply STOP to unsubscribe”, and before it the recipient’s own short link,
        unless you put {'{{ short_url }}'} elsewhere. Links that you write become short ones.
      </Text>
      {shown && <Lengths lengths={shown.lengths} />}
    </section>
  );
}

const charged = (segments: number) => (segments === 1 ? 'charged as 1' : `charged as ${segments}`);

function Count({ size: { characters, segments, encoding } }: { size: TextSize }) {
  const isLong = characters > longestText;
  return (
    <Text
      component="output"
      fz="xs"
      className="numbers"
      c={isLong ? 'light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))' : 'dimmed'}
      title={
        encoding === 'GSM-7'
          ? 'All its characters are in the alphabet of text messages (GSM-7).'
          : 'Some of its characters are not in the alphabet of text messages, so that it is sent as UCS-2: 70 fit into one.'
      }
    >
      {characters} of {longestText} characters · {charged(segments)} · {encoding}
    </Text>
  );
}

const few = (names: string[], of: number) =>
  `${names.join(', ')}${of > names.length ? ` and ${(of - names.length).toLocaleString('en')} more` : ''}`;

/** Names differ in length: what matters is the longest message that anybody would get. */
function Lengths({ lengths: { people, all, longest, tooLong, tooLongNames } }: { lengths: TextLengths }) {
  if (!longest) return null;
  const whole = all ? '' : ` among the first ${people.toLocaleString('en')}`;
  if (tooLong > 0)
    return (
      <Alert color="orange" variant="light" mt="sm" icon={<IconAlertTriangle aria-hidden />} role="status">
        {tooLong === people ? 'Everybody’s message' : few(tooLongNames, tooLong)} would be longer than{' '}
        {longestText} characters: the longest has {longest.characters}
        {whole}. {tooLong === people ? 'Nobody gets it' : 'They get none'}, because it is never cut.
      </Alert>
    );
  return (
    <Text fz="xs" c="dimmed" mt={6} className="numbers">
      Longest{whole}: {longest.characters} characters, {charged(longest.segments)}, for{' '}
      {few(longest.names, longest.names.length)}.
    </Text>
  );
}
