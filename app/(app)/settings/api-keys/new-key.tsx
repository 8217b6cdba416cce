'use client';

import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ShownOnce } from '@/components/shown-once';
import type { Role } from '@/lib/db/states';
import { NewKeyForm } from './new-key-form';

export type KeyChoices = {
  /** The roles that whoever makes the key may give it. */
  roles: Role[];
  lists: { value: string; label: string }[];
};

/** Asks what the key is to be, then shows it: once. */
export function NewKey(choices: KeyChoices) {
  const [opened, dialog] = useDisclosure(false);
  const [token, setToken] = useState<string>();
  const router = useRouter();
  const close = () => {
    dialog.close();
    if (token !== undefined) router.refresh();
    setToken(undefined);
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
        New API key
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={token === undefined ? 'New API key' : 'Your new key'}
        // What cannot be shown again must not be closed by a slip of the hand.
        closeOnClickOutside={token === undefined}
        closeOnEscape={token === undefined}
        size="lg"
      >
        {token === undefined ? (
          <NewKeyForm {...choices} onMade={setToken} onCancel={close} />
        ) : (
          <ShownOnce label="API key" value={token} onDone={close} />
        )}
      </Modal>
    </>
  );
}
