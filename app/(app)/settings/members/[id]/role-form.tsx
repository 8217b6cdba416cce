'use client';

import { Alert, Button, Group, Radio, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { aRole, roleWords } from '@/components/member-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { type Role, roles } from '@/lib/db/states';
import type { UserId } from '@/lib/ids';
import { changeRoleAction } from '../actions';
import { EndingKeys } from './ending-keys';

type Props = {
  id: UserId;
  name: string;
  role: Role;
  mayMakeOwners: boolean;
  /** The API keys that they made. */
  keys: string[];
  /** Those of them that have an owner's rights. */
  ownerKeys: string[];
};

export function RoleForm({ id, name, role, mayMakeOwners, keys, ownerKeys }: Props) {
  const [chosen, setChosen] = useState(role);
  const { run, pending, problem } = useAction(changeRoleAction);
  const save = () =>
    run({ id, role: chosen }, () => notifications.show({ message: `${name} is ${aRole[chosen]} now.` }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) save();
      }}
    >
      <Stack>
        <Radio.Group
          aria-labelledby="role"
          value={chosen}
          onChange={(value) => setChosen(roles.find((one) => one === value) ?? role)}
        >
          <Stack gap="sm">
            {roles
              .filter((one) => one !== 'owner' || mayMakeOwners)
              .map((one) => (
                <Radio
                  key={one}
                  value={one}
                  label={roleWords[one].label}
                  description={roleWords[one].meaning}
                />
              ))}
          </Stack>
        </Radio.Group>
        {role === 'marketer' && chosen !== 'marketer' && (
          <Alert color="gray">
            What the lists below grant {name} is forgotten: the new role says it all.
          </Alert>
        )}
        {(chosen === 'marketer' || chosen === 'viewer') && <EndingKeys keys={keys} />}
        {role === 'owner' && chosen === 'admin' && <EndingKeys keys={ownerKeys} />}
        <ProblemAlert problem={problem} />
        <Group>
          <Button type="submit" loading={pending} disabled={chosen === role}>
            Change role
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
