'use client';

import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { countContacts } from '@/components/contact-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { pasteToListAction } from '../actions';

type Props = { list: { id: string; name: string }; close: () => void };

/** Puts pasted addresses on the list, making contacts of those that are none, and then says what became of each. */
export function PasteAddresses({ list, close }: Props) {
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<{ says: string; invalid: string[]; hidden: string[] }>();
  const { run, pending, problem, fields } = useAction(pasteToListAction);
  const paste = () =>
    run({ id: list.id, text }, ({ added, created, alreadyOnList, invalid, hidden }) => {
      const parts = [`${countContacts(added.length)} added`];
      if (created > 0) parts.push(`${created.toLocaleString('en')} of them new`);
      if (alreadyOnList > 0) parts.push(`${alreadyOnList.toLocaleString('en')} already on the list`);
      setOutcome({ says: `${parts.join(', ')}.`, invalid, hidden });
      setText('');
    });
  if (outcome)
    return (
      <Stack gap="md">
        <Text fz="sm" component="output">
          {outcome.says}
        </Text>
        <NotAdded title="Not added, because these are no e-mail addresses" addresses={outcome.invalid} />
        <NotAdded
          title="Not added, because these contacts are on no list that you may change. Ask an admin to add them"
          addresses={outcome.hidden}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => setOutcome(undefined)}>
            Paste more
          </Button>
          <Button onClick={close} data-autofocus>
            Done
          </Button>
        </Group>
      </Stack>
    );
  return (
    <Stack gap="md">
      <Textarea
        label="Addresses"
        description="One a line, or parted by commas. Addresses that are no contacts yet become some, subscribed: paste only people who agreed."
        placeholder={'ann@example.com\nBen Lee <ben@example.org>'}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={fields.text}
        autosize
        minRows={8}
        maxRows={16}
        spellCheck={false}
        data-autofocus
      />
      <ProblemAlert problem={problem} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button disabled={!text.includes('@')} loading={pending} onClick={paste}>
          Add to list
        </Button>
      </Group>
    </Stack>
  );
}

function NotAdded({ title, addresses }: { title: string; addresses: string[] }) {
  if (addresses.length === 0) return null;
  return (
    <Alert color="yellow" styles={{ title: { color: 'inherit' } }} title={title}>
      <Text fz="sm" mah={200} style={{ overflowY: 'auto', overflowWrap: 'anywhere' }}>
        {addresses.join(', ')}
      </Text>
    </Alert>
  );
}
