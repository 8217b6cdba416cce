'use client';

import { Alert, Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { Invited } from '@/lib/members/invitations';

type Props = { invited: Invited; email: string | null; close: () => void };

/** An invitation's link, the one time that it is known. */
export function InvitationLink({ invited, email, close }: Props) {
  const url = invited.url ?? '';
  return (
    <Stack>
      {invited.unsent && (
        <Alert
          color="yellow"
          styles={{ title: { color: 'inherit' } }}
          icon={<IconAlertCircle size={18} aria-hidden />}
          title="The message did not go out"
        >
          {invited.unsent}
        </Alert>
      )}
      <Text fz="sm">
        {email
          ? `Give this link to ${email} yourself.`
          : 'Give this link to one person: whoever opens it can join.'}{' '}
        It works once, for seven days, and is not shown again.
      </Text>
      <TextInput label="Link" readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
      <Group justify="flex-end" gap="xs">
        <CopyButton value={url}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy link'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={close}>Done</Button>
      </Group>
    </Stack>
  );
}
