'use client';

import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { ListNameForm } from '@/components/list-name-form';
import { useAction } from '@/components/use-action';
import { createListAction } from './actions';

export function NewList() {
  const [opened, modal] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={modal.open}>
        New list
      </Button>
      <Modal opened={opened} onClose={modal.close} title="New list">
        <NewListForm close={modal.close} />
      </Modal>
    </>
  );
}

function NewListForm({ close }: { close: () => void }) {
  const router = useRouter();
  const { run, pending, problem } = useAction(createListAction);
  return (
    <ListNameForm
      submitLabel="Create list"
      pending={pending}
      problem={problem}
      onSubmit={(name) => run({ name }, ({ id }) => router.push(`/lists/${id}`))}
      onCancel={close}
    />
  );
}
