'use client';

import { ActionIcon, Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconCopy, IconDots, IconTrash } from '@tabler/icons-react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { deleteDraftAction, duplicateCampaignAction } from './actions';

type Props = { id: string; name: string; canDelete: boolean };

export function CampaignMenu({ id, name, canDelete }: Props) {
  const [asking, ask] = useDisclosure(false);
  const duplicate = useAction(duplicateCampaignAction);
  const remove = useAction(deleteDraftAction);
  return (
    <>
      <Menu position="bottom-end" width={190} shadow="md">
        <Menu.Target>
          <ActionIcon aria-label={`Actions for ${name}`} loading={duplicate.pending}>
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={() => duplicate.run({ id })}>
            Duplicate
          </Menu.Item>
          {canDelete && (
            <Menu.Item
              c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={ask.open}
            >
              Delete draft…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={ask.close} title={`Delete “${name}”?`}>
        <Stack>
          <Text>Nobody has received this draft. Its text is gone for good once you delete it.</Text>
          <ProblemAlert problem={remove.problem} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={ask.close} data-autofocus>
              Keep it
            </Button>
            <Button
              color="red.9"
              loading={remove.pending}
              onClick={() =>
                remove.run({ id }, () => {
                  ask.close();
                  notifications.show({ message: `Deleted the draft “${name}”.` });
                })
              }
            >
              Delete the draft
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
