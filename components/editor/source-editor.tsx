'use client';

import { Textarea } from '@mantine/core';
import { type DragEvent, useRef } from 'react';
import type { MergeTag } from '@/lib/messages/merge-tags';
import classes from './editor.module.css';
import { EditorTools } from './editor-tools';
import { insertAtCursor } from './insert-at-cursor';
import { imagesOf } from './upload-image';
import { useImageUpload } from './use-image-upload';

type Props = {
  format: 'markdown' | 'html';
  value: string;
  onChange: (value: string) => void;
  tags: MergeTag[];
  error: string | undefined;
};

const words = {
  markdown: {
    label: 'Message in Markdown',
    placeholder: '# Hello {{ first_name | default: "there" }}\n\nWrite **Markdown** here.',
    image: (url: string, name: string) => `![${name}](${url})`,
  },
  html: {
    label: 'Message in HTML',
    placeholder:
      '<h1>Hello {{ first_name | default: "there" }}</h1>\n<p>Write HTML here, a part or a whole document.</p>',
    image: (url: string, name: string) =>
      `<img src="${url}" alt="${name.replaceAll('"', '')}" width="520" style="max-width:100%;height:auto">`,
  },
};

/** A plain place to write, with pictures by drop or paste and merge tags at the cursor. */
export function SourceEditor({ format, value, onChange, tags, error }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (text: string) => insertAtCursor(field, text, onChange);
  const images = useImageUpload();
  const { label, placeholder, image } = words[format];

  const addImages = async (files: File[]) => {
    images.dismiss();
    for (const file of files) {
      const picture = await images.upload(file);
      if (picture) insert(`${image(picture.url, picture.name)}\n`);
    }
  };
  const take = (event: { preventDefault(): void }, files: File[]) => {
    if (files.length === 0) return;
    event.preventDefault();
    void addImages(files);
  };

  return (
    <>
      <EditorTools tags={tags} onTag={insert} onImage={(file) => addImages([file])} images={images} />
      <Textarea
        ref={field}
        aria-label={label}
        placeholder={placeholder}
        autosize
        minRows={18}
        value={value}
        error={error}
        inputWrapperOrder={['error', 'input']}
        errorProps={{ mb: 8 }}
        spellCheck={format === 'markdown'}
        onChange={(event) => onChange(event.currentTarget.value)}
        onPaste={(event) => take(event, imagesOf(event.clipboardData))}
        onDrop={(event: DragEvent) => take(event, imagesOf(event.dataTransfer))}
        onDragOver={(event: DragEvent) =>
          event.dataTransfer.types.includes('Files') && event.preventDefault()
        }
        classNames={{ input: classes.source }}
      />
    </>
  );
}
