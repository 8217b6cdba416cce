'use client';

import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { SuppressionRow } from '@/lib/suppressions/list-suppressions';
import { unsuppressAction } from './actions';

type Props = Pick<SuppressionRow, 'id' | 'address' | 'reason'>;

const warnings: Record<Props['reason'], string | null> = {
  bounced:
    'A server said that this address takes no mail. Writing to many such addresses makes providers refuse yours.',
  complained: 'This person reported a message as spam. Write to them again only if they have asked for it.',
  opted_out:
    'This person told the provider to stop. It may refuse messages to them until they allow them again.',
  manual: null,
};

export function RemoveSuppression({ id, address, reason }: Props) {
  const [asking, dialog] = useDisclosure(false);
  const [note, setNote] = useState('');
  const { run, pending, problem, fields } = useAction(unsuppressAction);
  const remove = () =>
    run({ id, note }, () => {
      dialog.close();
      notifications.show({ message: `${address} can be written to again.` });
    });
  return (
    <>
      <Button variant="default" size="xs" onClick={dialog.open} aria-label={`Remove ${address}…`}>
        Remove…
      </Button>
      <Modal opened={asking} onClose={dialog.close} title="Allow messages to this address again?">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!pending) remove();
          }}
        >
          <Stack>
            <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
              <b>{address}</b> is written to again by campaigns to its lists, as far as it is subscribed.
            </Text>
            {warnings[reason] && (
              <Alert color="orange" variant="light">
                {warnings[reason]}
              </Alert>
            )}
            <TextInput
              label="Why"
              description="Kept in the audit log and on the contact’s page."
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
              error={fields.note}
              maxLength={200}
              required
              data-autofocus
            />
            {!fields.note && <ProblemAlert problem={problem} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={dialog.close}>
                Keep it
              </Button>
              <Button type="submit" color="red" loading={pending}>
                Remove
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
