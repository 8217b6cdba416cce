'use client';

import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ComponentProps } from 'react';
import { TestForm } from '../../test-form';

/** The form for a test behind a button. */
export function SendTest(props: ComponentProps<typeof TestForm>) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open}>
        Send test
      </Button>
      <Modal opened={opened} onClose={close} title="Send a test">
        <TestForm {...props} />
      </Modal>
    </>
  );
}
