'use client';

import '@react-email/editor/themes/default.css';
import { Alert, Group } from '@mantine/core';
import { EmailEditor, type EmailEditorRef } from '@react-email/editor';
import { composeReactEmail } from '@react-email/editor/core';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { MergeTag } from '@/lib/messages/merge-tags';
import classes from './editor.module.css';
import { MergeTagMenu } from './merge-tag-menu';
import { uploadImage } from './upload-image';
import { paperTheme } from './visual-theme';

export type VisualContent = { format: 'visual'; document: unknown; html: string };

type Props = {
  initial: VisualContent;
  /** Immediately: the document, with the HTML of a moment ago; and a moment later with its own. */
  onChange: (content: VisualContent) => void;
  tags: MergeTag[];
};

const composeMs = 250;

const isDocument = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The visual editor of react-email on the paper of the campaign layout. Loaded only where it is used: it is large. */
export function VisualEditor({ initial, onChange, tags }: Props) {
  const editor = useRef<EmailEditorRef>(null);
  const html = useRef(initial.html);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [problem, setProblem] = useState<ReactNode>();

  const compose = useCallback(
    async (ref: EmailEditorRef) => {
      if (!ref.editor || ref.editor.isDestroyed) return;
      const composed = await composeReactEmail({ editor: ref.editor });
      html.current = composed.unformattedHtml;
      onChange({ format: 'visual', document: ref.getJSON(), html: html.current });
    },
    [onChange],
  );
  const update = useCallback(
    (ref: EmailEditorRef) => {
      onChange({ format: 'visual', document: ref.getJSON(), html: html.current });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void compose(ref), composeMs);
    },
    [compose, onChange],
  );
  useEffect(() => () => clearTimeout(timer.current), []);

  const upload = useCallback(async (file: File) => {
    const uploaded = await uploadImage(file);
    if (uploaded.ok) return uploaded.value;
    setProblem(uploaded.problem.message);
    throw new Error(uploaded.problem.message);
  }, []);

  return (
    <>
      <Group gap={4} className={classes.tools}>
        <MergeTagMenu
          tags={tags}
          into="message"
          onPick={(tag) =>
            editor.current?.editor?.chain().focus().insertContent({ type: 'text', text: tag }).run()
          }
        />
      </Group>
      {problem && (
        <Alert
          color="red"
          variant="light"
          mb="sm"
          withCloseButton
          closeButtonLabel="Close"
          onClose={() => setProblem(undefined)}
          role="alert"
        >
          {problem}
        </Alert>
      )}
      <EmailEditor
        ref={editor}
        className={classes.paper}
        theme={paperTheme}
        content={isDocument(initial.document) ? initial.document : initial.html}
        placeholder="Write your message. Type / for headings, buttons, images and columns."
        onUpdate={update}
        onReady={(ref) => !isDocument(initial.document) && initial.html !== '' && void compose(ref)}
        onUploadImage={upload}
      />
    </>
  );
}
