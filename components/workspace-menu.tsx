'use client';

import { Button, Group, Menu, Modal, Text } from '@mantine/core';
import { IconDoorExit, IconPlus } from '@tabler/icons-react';
import type { Result } from '@/lib/errors';
import type { WorkspaceId } from '@/lib/ids';
import { Link } from './link';
import { ProblemAlert } from './problem-alert';
import { useAction } from './use-action';
import { useProblemNotice } from './use-problem-notice';

export type Workspaces = {
  here: WorkspaceId;
  all: { workspaceId: WorkspaceId; name: string }[];
  choose: (input: { id: string }) => Promise<Result<unknown>>;
  leave: (input: Record<string, never>) => Promise<Result<unknown>>;
};

/** The person's workspaces, in their menu: going over to another, making one, leaving this one. */
export function WorkspaceItems({ here, all, choose, onLeave }: Workspaces & { onLeave: () => void }) {
  const { run, problem } = useAction(choose);
  useProblemNotice(problem);
  return (
    <>
      <Menu.Label>Workspace</Menu.Label>
      <Menu.RadioGroup value={here} onChange={(id) => run({ id })}>
        {all.map(({ workspaceId, name }) => (
          <Menu.RadioItem
            key={workspaceId}
            value={workspaceId}
            closeMenuOnClick
            style={{ overflowWrap: 'anywhere' }}
          >
            {name}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      <Menu.Item component={Link} href="/new-workspace" leftSection={<IconPlus size={16} aria-hidden />}>
        New workspace
      </Menu.Item>
      <Menu.Item leftSection={<IconDoorExit size={16} aria-hidden />} onClick={onLeave}>
        Leave workspace…
      </Menu.Item>
      <Menu.Divider />
    </>
  );
}

type LeaveProps = { name: string; leave: Workspaces['leave']; opened: boolean; close: () => void };

export function LeaveWorkspace({ name, leave, opened, close }: LeaveProps) {
  const { run, pending, problem } = useAction(leave);
  return (
    <Modal opened={opened} onClose={close} title={`Leave ${name}?`}>
      <Text fz="sm" mb="md">
        You lose access at once, and come back only if somebody invites you. What you made stays, but API keys
        that you made end with your access, and a campaign that you scheduled waits for somebody else instead
        of going out.
      </Text>
      <ProblemAlert problem={problem} />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={close} data-autofocus>
          Stay
        </Button>
        <Button color="red.9" loading={pending} onClick={() => run({})}>
          Leave workspace
        </Button>
      </Group>
    </Modal>
  );
}
