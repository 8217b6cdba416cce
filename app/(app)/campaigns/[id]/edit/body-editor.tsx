'use client';

import { Alert, Group, SegmentedControl, Skeleton } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { SourceEditor } from '@/components/editor/source-editor';
import type { EmailContent } from '@/lib/db/schema/campaigns';
import type { MergeTag } from '@/lib/messages/merge-tags';
import { ChangeFormat } from './change-format';
import classes from './composer.module.css';
import { convert, type Format, isEmpty, whatIsLost } from './convert';
import type { DraftChanges } from './draft-input';

const VisualEditor = dynamic(
  () => import('@/components/editor/visual-editor').then((module) => module.VisualEditor),
  { ssr: false, loading: () => <Skeleton height={460} radius="lg" mt={38} /> },
);

type Props = {
  content: EmailContent;
  onChange: (changes: DraftChanges) => void;
  tags: MergeTag[];
  error: string | undefined;
};

const formats = [
  { value: 'visual', label: 'Visual' },
  { value: 'markdown', label: 'Markdown' },
  { value: 'html', label: 'HTML' },
] satisfies { value: Format; label: string }[];

/** The message itself, in the way its author likes to write. */
export function BodyEditor({ content, onChange, tags, error }: Props) {
  const [asked, setAsked] = useState<Format>();
  const [round, setRound] = useState(0);
  const { format } = content;

  const change = async (to: Format) => {
    setAsked(undefined);
    onChange({ content: await convert(content, to) });
    setRound((current) => current + 1);
  };
  const choose = (to: string) => {
    const target = formats.find(({ value }) => value === to)?.value;
    if (!target || target === format) return;
    if (isEmpty(content) || whatIsLost(format, target) === undefined) void change(target);
    else setAsked(target);
  };

  return (
    <section className={classes.body} aria-label="Message">
      <Group className={classes.formats}>
        <SegmentedControl size="xs" aria-label="Write in" value={format} onChange={choose} data={formats} />
      </Group>
      {error && format === 'visual' && (
        <Alert
          color="red"
          variant="light"
          mb="sm"
          icon={<IconAlertCircle size={18} aria-hidden />}
          role="alert"
        >
          {error}
        </Alert>
      )}
      {content.format === 'visual' ? (
        <VisualEditor
          key={round}
          initial={content}
          onChange={(next) => onChange({ content: next })}
          tags={tags}
        />
      ) : (
        <SourceEditor
          key={`${round}-${content.format}`}
          format={content.format}
          value={content.body}
          onChange={(body) => onChange({ content: { format: content.format, body } })}
          tags={tags}
          error={error}
        />
      )}
      <ChangeFormat
        from={format}
        to={asked}
        onCancel={() => setAsked(undefined)}
        onChange={(to) => void change(to)}
      />
    </section>
  );
}
