import { IconUsersGroup } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { EmptyState } from './empty-state';

/** What a marketer sees whom no list was granted yet. */
export function NoGrantedLists({ actions }: { actions?: ReactNode }) {
  return (
    <EmptyState
      icon={<IconUsersGroup size={30} stroke={1.4} />}
      title="No list has been granted to you yet"
      actions={actions}
    >
      You see the lists that an admin of the workspace grants you, the contacts on them, and their campaigns.
      Ask for those that you work with, or make a list of your own.
    </EmptyState>
  );
}
