'use client';

import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconPencil } from '@tabler/icons-react';
import { ContactForm, type ContactValues } from '@/components/contact-form';
import { useAction } from '@/components/use-action';
import { editContactAction } from '../actions';

type Props = { id: string; initial: ContactValues };

export function EditContact(props: Props) {
  const [opened, modal] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPencil size={16} aria-hidden />} onClick={modal.open}>
        Edit
      </Button>
      <Modal opened={opened} onClose={modal.close} title="Edit contact" size="lg">
        <EditContactForm {...props} close={modal.close} />
      </Modal>
    </>
  );
}

function EditContactForm({ id, initial, close }: Props & { close: () => void }) {
  const { run, pending, problem } = useAction(editContactAction);
  const save = (values: ContactValues) =>
    run({ id, ...values }, ({ changed }) => {
      notifications.show({ message: changed ? 'Saved.' : 'Nothing had changed.' });
      close();
    });
  return (
    <ContactForm
      initial={initial}
      submitLabel="Save"
      pending={pending}
      problem={problem}
      onSubmit={save}
      onCancel={close}
    />
  );
}
