import { Alert, Group } from '@mantine/core';
import type { MergeTag } from '@/lib/messages/merge-tags';
import classes from './editor.module.css';
import { ImageButton } from './image-button';
import { MergeTagMenu } from './merge-tag-menu';
import type { ImageUpload } from './use-image-upload';

type Props = {
  tags: MergeTag[];
  onTag: (text: string) => void;
  onImage: (file: File) => Promise<void>;
  images: ImageUpload;
};

/** What every editor of a message offers above it: merge tags and pictures, and why a picture did not come. */
export function EditorTools({ tags, onTag, onImage, images }: Props) {
  return (
    <>
      <Group gap={4} className={classes.tools}>
        <MergeTagMenu tags={tags} onPick={onTag} into="message" />
        <ImageButton onImage={onImage} />
      </Group>
      {images.problem && (
        <Alert
          color="red"
          variant="light"
          mb="sm"
          withCloseButton
          closeButtonLabel="Close"
          onClose={images.dismiss}
          role="alert"
        >
          {images.problem}
        </Alert>
      )}
    </>
  );
}
