'use client';

import '@react-email/editor/themes/default.css';
import { EmailEditor, type EmailEditorProps, type EmailEditorRef } from '@react-email/editor';
import { composeReactEmail } from '@react-email/editor/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { MergeTag } from '@/lib/messages/merge-tags';
import classes from './editor.module.css';
import { EditorTools } from './editor-tools';
import { selectNewButtons } from './select-new-button';
import { useImageUpload } from './use-image-upload';
import { paperTheme } from './visual-theme';

export type VisualContent = { format: 'visual'; document: unknown; html: string };

type Props = {
  initial: VisualContent;
  /** Immediately: the document, with the HTML of a moment ago; and a moment later with its own. */
  onChange: (content: VisualContent) => void;
  tags: MergeTag[];
};

const composeMs = 250;

/** A menu grows when it opens a field, but only finds a new place for itself when the window changes its size. */
function replaceMenu({ target }: FocusEvent): void {
  if (target instanceof Element && target.closest('[data-re-bubble-menu]'))
    window.dispatchEvent(new Event('resize'));
}

const isDocument = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The visual editor of react-email on the paper of the campaign layout. Loaded only where it is used: it is large. */
export function VisualEditor({ initial, onChange, tags }: Props) {
  const [first] = useState(initial);
  const editor = useRef<EmailEditorRef>(null);
  const html = useRef(first.html);
  /** Where the author last wrote: menus take the focus away, and the editor forgets. */
  const cursor = useRef<number>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const images = useImageUpload();
  const { upload } = images;

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

  const insert = (content: NonNullable<EmailEditorProps['content']>) => {
    const instance = editor.current?.editor;
    if (!instance) return;
    const end = instance.state.doc.content.size;
    instance
      .chain()
      .focus()
      .insertContentAt(Math.min(cursor.current ?? end, end), content)
      .run();
  };
  const ready = (ref: EmailEditorRef) => {
    const remember = () => {
      if (ref.editor?.isFocused) cursor.current = ref.editor.state.selection.to;
    };
    ref.editor?.view.dom.setAttribute('aria-label', 'Message');
    ref.editor?.on('selectionUpdate', remember);
    ref.editor?.on('update', remember);
    ref.editor?.view.dom.parentElement?.addEventListener('focusin', replaceMenu);
    if (ref.editor) selectNewButtons(ref.editor);
    if (!isDocument(first.document) && first.html !== '') void compose(ref);
  };

  const uploadDropped = useCallback(
    async (file: File) => {
      const picture = await upload(file);
      if (!picture) throw new Error('The image was not uploaded.');
      return picture;
    },
    [upload],
  );

  const addImage = async (file: File) => {
    images.dismiss();
    const picture = await upload(file);
    if (!picture) return;
    // The paragraph takes the cursor: what is typed next would replace a selected image.
    insert([{ type: 'image', attrs: { src: picture.url, alt: picture.name } }, { type: 'paragraph' }]);
  };

  return (
    <>
      <EditorTools
        tags={tags}
        onTag={(text) => insert({ type: 'text', text })}
        onImage={addImage}
        images={images}
      />
      <EmailEditor
        ref={editor}
        className={classes.paper}
        theme={paperTheme}
        content={isDocument(first.document) ? first.document : first.html}
        placeholder="Write, or type / for headings, buttons and columns"
        onUpdate={update}
        onReady={ready}
        onUploadImage={uploadDropped}
      />
    </>
  );
}
