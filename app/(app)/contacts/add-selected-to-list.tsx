'use client';

import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconUsersPlus } from '@tabler/icons-react';
import { countContacts } from '@/components/contact-words';
import { SelectionBar, useSelection } from '@/components/data-table-select';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import { addToListAction } from '../lists/actions';

/** Puts the chosen rows on a list. */
export function AddSelectedToList({ lists }: { lists: { id: string; name: string }[] }) {
  const { ids, clear } = useSelection();
  const { run, pending, problem } = useAction(addToListAction);
  useProblemNotice(problem);
  const add = (list: { id: string; name: string }) =>
    run({ id: list.id, contactIds: [...ids] }, ({ added }) => {
      const already = ids.size - added.length;
      notifications.show({
        message: `${countContacts(added.length)} added to ${list.name}.${already > 0 ? ` ${already} already on it.` : ''}`,
      });
      clear();
    });
  return (
    <SelectionBar>
      <Menu position="top" withinPortal>
        <Menu.Target>
          <Button size="xs" loading={pending} leftSection={<IconUsersPlus size={15} aria-hidden />}>
            Add to a list
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
          {lists.length === 0 && <Menu.Label>Create a list first, on the Lists page.</Menu.Label>}
          {lists.map((list) => (
            <Menu.Item key={list.id} onClick={() => add(list)}>
              {list.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </SelectionBar>
  );
}
