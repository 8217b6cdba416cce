'use client';

import { Button, Menu, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconClipboardText, IconFileImport, IconSearch } from '@tabler/icons-react';
import { Link } from '@/components/link';
import { PasteAddresses } from './paste-addresses';
import { PickContacts } from './pick-contacts';

type Props = { list: { id: string; name: string } };

/** Three ways to put people on a list. */
export function AddToList({ list }: Props) {
  const [picking, pick] = useDisclosure(false);
  const [pasting, paste] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={16} aria-hidden />}>Add contacts</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconSearch size={16} aria-hidden />} onClick={pick.open}>
            Search and pick
          </Menu.Item>
          <Menu.Item leftSection={<IconClipboardText size={16} aria-hidden />} onClick={paste.open}>
            Paste addresses
          </Menu.Item>
          <Menu.Item
            component={Link}
            href={`/contacts/import?list=${list.id}`}
            leftSection={<IconFileImport size={16} aria-hidden />}
          >
            Import a file
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={picking} onClose={pick.close} title={`Add contacts to ${list.name}`}>
        <PickContacts list={list} close={pick.close} />
      </Modal>
      <Modal opened={pasting} onClose={paste.close} title={`Paste addresses into ${list.name}`} size="lg">
        <PasteAddresses list={list} close={paste.close} />
      </Modal>
    </>
  );
}
