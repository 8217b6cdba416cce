'use client';

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { ApiKeyId } from '@/lib/ids';
import { revokeApiKeyAction } from './actions';

export function RevokeKey({ id, name }: { id: ApiKeyId; name: string }) {
  const [asking, dialog] = useDisclosure(false);
  const { run, pending, problem } = useAction(revokeApiKeyAction);
  const revoke = () =>
    run({ id }, () => {
      dialog.close();
      notifications.show({ message: `“${name}” was revoked.` });
    });
  return (
    <>
      <Button variant="default" size="xs" onClick={dialog.open} aria-label={`Revoke ${name}…`}>
        Revoke…
      </Button>
      <Modal opened={asking} onClose={dialog.close} title={`Revoke “${name}”?`}>
        <Stack>
          <Text fz="sm">
            Whatever uses this key gets no answer any more, from its next request on. This cannot be undone;
            you can make a new key at any time.
          </Text>
          <ProblemAlert problem={problem} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close} data-autofocus>
              Keep it
            </Button>
            <Button color="red" loading={pending} onClick={revoke}>
              Revoke key
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
