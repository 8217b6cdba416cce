'use client';

import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { createCampaignAction } from './actions';

type Props = { label?: string; variant?: 'filled' | 'default' };

/** Asks for a name only: all the rest is chosen while writing. */
export function NewCampaign({ label = 'New campaign', variant = 'filled' }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const [name, setName] = useState('');
  const { run, pending, problem, fields } = useAction(createCampaignAction);
  return (
    <>
      <Button variant={variant} leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title="New campaign">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!pending) run({ name });
          }}
        >
          <Stack>
            <TextInput
              label="Name"
              description="For yourself: recipients do not see it."
              placeholder="Spring newsletter"
              maxLength={200}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={fields.name}
            />
            <ProblemAlert problem={problem} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Not now
              </Button>
              <Button type="submit" loading={pending}>
                Start writing
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
