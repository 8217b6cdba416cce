'use client';

import { ActionIcon, Menu, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots, IconLink, IconMail, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import type { InvitationId } from '@/lib/ids';
import type { Invited } from '@/lib/members/invitations';
import { renewInvitationAction, revokeInvitationAction } from './actions';
import { InvitationLink } from './invitation-link';

export function InvitationMenu({ id, email }: { id: InvitationId; email: string | null }) {
  const [invited, setInvited] = useState<Invited>();
  const renew = useAction(renewInvitationAction);
  const revoke = useAction(revokeInvitationAction);
  useProblemNotice(renew.problem ?? revoke.problem);
  const again = () =>
    renew.run({ id }, (outcome) => {
      if (outcome.url) setInvited(outcome);
      else notifications.show({ message: `Sent to ${email} again, for seven days more.` });
    });
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon
            aria-label={`Actions for the invitation of ${email ?? 'whoever has the link'}`}
            loading={renew.pending || revoke.pending}
          >
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={email ? <IconMail size={16} aria-hidden /> : <IconLink size={16} aria-hidden />}
            onClick={again}
          >
            {email ? 'Send again' : 'Make a new link'}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() =>
              revoke.run({ id }, () => notifications.show({ message: 'The invitation was taken back.' }))
            }
          >
            Revoke
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={invited !== undefined} onClose={() => setInvited(undefined)} title="A new link">
        {invited && <InvitationLink invited={invited} email={email} close={() => setInvited(undefined)} />}
      </Modal>
    </>
  );
}
