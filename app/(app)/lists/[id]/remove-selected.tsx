'use client';

import { Anchor, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconUsersMinus } from '@tabler/icons-react';
import { countContacts } from '@/components/contact-words';
import { SelectionBar, useSelection } from '@/components/data-table-select';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import { addToListAction, removeFromListAction } from '../actions';

/** Takes the chosen rows off the list at once; the note that says so can undo it. */
export function RemoveSelected({ list }: { list: { id: string; name: string } }) {
  const { ids, clear } = useSelection();
  const removing = useAction(removeFromListAction);
  const undoing = useAction(addToListAction);
  useProblemNotice(removing.problem);
  useProblemNotice(undoing.problem);
  const remove = () =>
    removing.run({ id: list.id, contactIds: [...ids] }, ({ removed }) => {
      clear();
      const note = notifications.show({
        autoClose: 12_000,
        title: `${countContacts(removed.length)} removed from ${list.name}`,
        message: (
          <>
            They stay in your workspace.{' '}
            <Anchor
              component="button"
              type="button"
              fz="inherit"
              onClick={() => {
                undoing.run({ id: list.id, contactIds: removed }, ({ added }) => {
                  const gone = removed.length - added.length;
                  if (gone > 0)
                    notifications.show({
                      message: `${countContacts(gone)} could not be put back: you do not see them without this list. Ask an admin.`,
                    });
                });
                notifications.hide(note);
              }}
            >
              Undo
            </Anchor>
          </>
        ),
      });
    });
  return (
    <SelectionBar>
      <Button
        size="xs"
        variant="light"
        color="red"
        loading={removing.pending}
        leftSection={<IconUsersMinus size={15} aria-hidden />}
        onClick={remove}
      >
        Remove from list
      </Button>
    </SelectionBar>
  );
}
