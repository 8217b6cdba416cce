'use client';

import { ActionIcon, Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconDots, IconStar, IconTrash } from '@tabler/icons-react';
import { ProblemAlert } from '@/components/problem-alert';
import classes from '@/components/sender.module.css';
import { useAction } from '@/components/use-action';
import type { SenderId } from '@/lib/ids';
import { deleteSenderAction, setDefaultSenderAction } from './actions';

type Props = { id: SenderId; name: string };

/** What can be done with a sender that is not the default. */
export function SenderMenu({ id, name }: Props) {
  const [asking, dialog] = useDisclosure(false);
  const makeDefault = useAction(setDefaultSenderAction);
  const remove = useAction(deleteSenderAction);
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={190}>
        <Menu.Target>
          <ActionIcon className={classes.menu} aria-label={`More for ${name}`} loading={makeDefault.pending}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconStar size={16} aria-hidden />}
            onClick={() =>
              makeDefault.run({ id }, () =>
                notifications.show({ color: 'teal', message: `New campaigns begin with “${name}”.` }),
              )
            }
          >
            Make it the default
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={dialog.open}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={dialog.close} title={`Delete “${name}”?`}>
        <Stack>
          <Text fz="sm">
            Its settings are deleted for good. Drafts that would use it must choose another sender. What was
            sent through it stays in your reports.
          </Text>
          <ProblemAlert problem={remove.problem} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              Keep it
            </Button>
            <Button color="red" loading={remove.pending} onClick={() => remove.run({ id }, dialog.close)}>
              Delete sender
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
