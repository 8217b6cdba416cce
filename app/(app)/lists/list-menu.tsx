'use client';

import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArchive, IconArchiveOff, IconDots, IconPencil } from '@tabler/icons-react';
import { countContacts } from '@/components/contact-words';
import { ListNameForm } from '@/components/list-name-form';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import { archiveListAction, renameListAction, restoreListAction } from './actions';

type ListInMenu = { id: string; name: string; contactCount: number; archived: boolean };

/** What can be done with a list as a whole. */
export function ListMenu({ list, outlined }: { list: ListInMenu; outlined?: boolean }) {
  const [renaming, rename] = useDisclosure(false);
  const [archiving, archive] = useDisclosure(false);
  const restored = useAction(restoreListAction);
  useProblemNotice(restored.problem);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant={outlined ? 'default' : 'subtle'}
            size={outlined ? 36 : 'md'}
            aria-label={`More for ${list.name}`}
            loading={restored.pending}
          >
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={rename.open}>
            Rename
          </Menu.Item>
          {list.archived ? (
            <Menu.Item
              leftSection={<IconArchiveOff size={16} aria-hidden />}
              onClick={() =>
                restored.run({ id: list.id }, () =>
                  notifications.show({ message: `${list.name} is an active list again.` }),
                )
              }
            >
              Restore
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconArchive size={16} aria-hidden />} onClick={archive.open}>
              Archive
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={renaming} onClose={rename.close} title="Rename the list">
        <RenameForm list={list} close={rename.close} />
      </Modal>
      <Modal opened={archiving} onClose={archive.close} title={`Archive ${list.name}?`}>
        <ArchiveQuestion list={list} close={archive.close} />
      </Modal>
    </>
  );
}

type Props = { list: ListInMenu; close: () => void };

function RenameForm({ list, close }: Props) {
  const { run, pending, problem } = useAction(renameListAction);
  return (
    <ListNameForm
      initial={list.name}
      submitLabel="Rename"
      pending={pending}
      problem={problem}
      onSubmit={(name) => run({ id: list.id, name }, close)}
      onCancel={close}
    />
  );
}

function ArchiveQuestion({ list, close }: Props) {
  const { run, pending, problem } = useAction(archiveListAction);
  useProblemNotice(problem);
  const people =
    list.contactCount === 1 ? 'Its one contact stays' : `Its ${countContacts(list.contactCount)} stay`;
  return (
    <>
      <Text fz="sm">
        No campaign can be sent to it any more, also no draft that names it. {people} in your workspace and on
        the list, and you can restore it at any time.
      </Text>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={close} data-autofocus>
          Cancel
        </Button>
        <Button
          loading={pending}
          onClick={() =>
            run({ id: list.id }, () => {
              notifications.show({ message: `${list.name} was archived.` });
              close();
            })
          }
        >
          Archive list
        </Button>
      </Group>
    </>
  );
}
