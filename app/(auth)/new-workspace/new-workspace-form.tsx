'use client';

import { Button, Group, Stack } from '@mantine/core';
import { Link } from '@/components/link';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { type Option, useNewWorkspace, WorkspaceFields } from '../workspace-fields';
import { addWorkspaceAction } from './actions';

export function NewWorkspaceForm({ countries, timeZones }: { countries: Option[]; timeZones: Option[] }) {
  const { run, pending, problem, fields } = useAction(addWorkspaceAction);
  const workspace = useNewWorkspace(countries, timeZones);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) run(workspace.profile);
      }}
    >
      <Stack gap="md">
        <ProblemAlert problem={problem} />
        <WorkspaceFields workspace={workspace} {...{ countries, timeZones, fields }} />
        <Group justify="flex-end" gap="xs">
          <Button component={Link} href="/" variant="default">
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Create workspace
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
