'use client';

import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconPlus } from '@tabler/icons-react';
import { ContactForm, type ContactValues, emptyContact } from '@/components/contact-form';
import { useAction } from '@/components/use-action';
import { createContactAction } from './actions';

type Props = {
  lists: { id: string; name: string }[];
  /** Chosen from the start, e.g. the list whose page this is. */
  listIds?: string[];
  /** Whoever reaches single lists only would not see a contact that is on none. */
  needsList?: boolean;
};

export function AddContact({ lists, listIds = [], needsList = false }: Props) {
  const [opened, modal] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={modal.open}>
        Add contact
      </Button>
      <Modal opened={opened} onClose={modal.close} title="Add a contact" size="lg">
        <AddContactForm lists={lists} listIds={listIds} needsList={needsList} close={modal.close} />
      </Modal>
    </>
  );
}

/** Apart from the modal, so that it begins anew each time it opens. */
function AddContactForm({ lists, listIds, needsList, close }: Required<Props> & { close: () => void }) {
  const { run, pending, problem } = useAction(createContactAction);
  const add = (values: ContactValues) =>
    run(values, () => {
      notifications.show({ message: `${values.email || values.phone} was added.` });
      close();
    });
  return (
    <ContactForm
      initial={{
        ...emptyContact,
        listIds: needsList && lists.length === 1 ? lists.map(({ id }) => id) : listIds,
      }}
      lists={lists}
      needsList={needsList}
      submitLabel="Add contact"
      pending={pending}
      problem={problem}
      onSubmit={add}
      onCancel={close}
    />
  );
}
