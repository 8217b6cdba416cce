'use client';

import { Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { accessWords } from '@/components/member-words';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import { type ListAccess, listAccesses } from '@/lib/db/states';
import type { ListId, UserId } from '@/lib/ids';
import { setListAccessAction } from './actions';

type Props = {
  userId: UserId;
  listId: ListId;
  /** Whose access to what, for those who do not see the row around it. */
  label: string;
  access: ListAccess | null;
};

const options = [
  { value: 'none', label: 'No access' },
  ...listAccesses.map((access) => ({ value: access, label: accessWords[access].label })),
];

/** What a list grants a member. Saved as soon as it is chosen. */
export function AccessSelect({ userId, listId, label, access }: Props) {
  const { run, pending, problem } = useAction(setListAccessAction);
  useProblemNotice(problem);
  return (
    <Select
      aria-label={label}
      size="xs"
      w={130}
      data={options}
      value={access ?? 'none'}
      disabled={pending}
      allowDeselect={false}
      onChange={(value) => {
        const chosen = listAccesses.find((one) => one === value) ?? null;
        if (chosen !== access)
          run({ userId, listId, access: chosen }, () => notifications.show({ message: 'Saved.' }));
      }}
    />
  );
}
