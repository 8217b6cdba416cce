'use client';

import { Button, FileButton } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { useState } from 'react';

/** Chooses a picture for the message and waits until it is uploaded. */
export function ImageButton({ onImage }: { onImage: (file: File) => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const take = async (file: File | null) => {
    if (!file) return;
    setBusy(true);
    await onImage(file).finally(() => setBusy(false));
  };
  return (
    <FileButton onChange={(file) => void take(file)} accept="image/png,image/jpeg,image/gif,image/webp">
      {(props) => (
        <Button
          {...props}
          variant="subtle"
          color="gray"
          size="compact-sm"
          loading={busy}
          leftSection={<IconPhoto size={16} stroke={1.7} aria-hidden />}
        >
          Image
        </Button>
      )}
    </FileButton>
  );
}
