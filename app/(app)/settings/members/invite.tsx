'use client';

import { Button, Group, Modal, MultiSelect, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { accessWords, roleWords } from '@/components/member-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { type ListAccess, listAccesses, type Role, roles } from '@/lib/db/states';
import type { Invited } from '@/lib/members/invitations';
import { inviteAction } from './actions';
import { InvitationLink } from './invitation-link';

type Props = { lists: { id: string; name: string }[]; mayMakeOwners: boolean };

export function Invite(props: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
        Invite
      </Button>
      <Modal opened={opened} onClose={close} title="Invite somebody" size="lg">
        <InviteForm {...props} close={close} />
      </Modal>
    </>
  );
}

type Choice = { by: 'mail' | 'link'; email: string; role: Role; listIds: string[]; access: ListAccess };

/** Apart from the dialog, so that it begins anew each time it opens. */
function InviteForm({ lists, mayMakeOwners, close }: Props & { close: () => void }) {
  const [form, setForm] = useState<Choice>({
    ...{ by: 'mail', email: '', role: 'marketer', listIds: [], access: 'send' },
  });
  const [invited, setInvited] = useState<Invited>();
  const { run, pending, problem, fields } = useAction(inviteAction);
  const set = (changes: Partial<Choice>) => setForm((current) => ({ ...current, ...changes }));
  const email = form.by === 'mail' ? form.email.trim() : null;
  const invite = () => {
    const grants = form.listIds.map((listId) => ({ listId, access: form.access }));
    run({ email, role: form.role, grants: form.role === 'marketer' ? grants : [] }, (outcome) => {
      if (outcome.url) return setInvited(outcome);
      notifications.show({ message: `The invitation is on its way to ${email}.` });
      close();
    });
  };
  if (invited) return <InvitationLink invited={invited} email={email} close={close} />;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) invite();
      }}
    >
      <Stack>
        <SegmentedControl
          aria-label="How"
          data={[
            { value: 'mail', label: 'By e-mail' },
            { value: 'link', label: 'By link' },
          ]}
          value={form.by}
          onChange={(value) => set({ by: value === 'link' ? 'link' : 'mail' })}
        />
        {form.by === 'mail' && (
          <TextInput
            label="E-mail"
            description="Only this address can accept it."
            type="email"
            autoComplete="off"
            value={form.email}
            onChange={(event) => set({ email: event.currentTarget.value })}
            error={fields.email}
            data-autofocus
          />
        )}
        <Select
          label="Role"
          description={roleWords[form.role].meaning}
          data={roles
            .filter((role) => role !== 'owner' || mayMakeOwners)
            .map((role) => ({ value: role, label: roleWords[role].label }))}
          value={form.role}
          onChange={(value) => set({ role: roles.find((role) => role === value) ?? form.role })}
          allowDeselect={false}
        />
        {form.role === 'marketer' && lists.length > 0 && <Lists lists={lists} form={form} set={set} />}
        <ProblemAlert problem={problem} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {form.by === 'mail' ? 'Send invitation' : 'Make the link'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type ListsProps = { lists: Props['lists']; form: Choice; set: (changes: Partial<Choice>) => void };

function Lists({ lists, form, set }: ListsProps) {
  return (
    <>
      <MultiSelect
        label="Lists"
        description="They see these and no others. You can change it at any time, list by list."
        placeholder={form.listIds.length === 0 ? 'None yet' : undefined}
        data={lists.map(({ id, name }) => ({ value: id, label: name }))}
        value={form.listIds}
        onChange={(listIds) => set({ listIds })}
        searchable
        clearable
        nothingFoundMessage="No list has this name."
      />
      {form.listIds.length > 0 && (
        <Select
          label="May do with them"
          data={listAccesses.map((access) => ({
            value: access,
            label: `${accessWords[access].label}: ${accessWords[access].meaning}`,
          }))}
          value={form.access}
          onChange={(value) =>
            set({ access: listAccesses.find((access) => access === value) ?? form.access })
          }
          allowDeselect={false}
        />
      )}
    </>
  );
}
