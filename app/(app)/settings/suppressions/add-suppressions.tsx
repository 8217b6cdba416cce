'use client';

import { Button, FileButton, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileText, IconPlus } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { z } from 'zod';
import { ProblemAlert } from '@/components/problem-alert';
import type { Problem } from '@/lib/errors';
import type { SuppressedMany } from '@/lib/suppressions/suppress-many';

// Else it tries whether it may make code from text, which the content security policy forbids and reports.
z.config({ jitless: true });

const Answer = z.union([
  z.object({ added: z.number(), already: z.number(), invalid: z.number(), examples: z.array(z.string()) }),
  z.object({ error: z.object({ message: z.string() }) }),
]);

async function send(content: string | File, note: string): Promise<SuppressedMany | { problem: Problem }> {
  try {
    const response = await fetch(`/settings/suppressions/add?${new URLSearchParams({ note })}`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: content,
    });
    const answer = Answer.parse(await response.json());
    return 'error' in answer ? { problem: { code: 'invalid', message: answer.error.message } } : answer;
  } catch {
    return {
      problem: { code: 'unavailable', message: 'They did not arrive. Check your connection and try again.' },
    };
  }
}

export function AddSuppressions() {
  const [adding, dialog] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
        Add addresses
      </Button>
      <Modal opened={adding} onClose={dialog.close} title="Never write to these addresses" size="lg">
        <AddForm close={dialog.close} />
      </Modal>
    </>
  );
}

function AddForm({ close }: { close: () => void }) {
  const router = useRouter();
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [pending, setPending] = useState(false);
  const [answer, setAnswer] = useState<SuppressedMany | { problem: Problem }>();
  const add = async (content: string | File) => {
    setPending(true);
    const said = await send(content, note);
    setPending(false);
    setAnswer(said);
    if ('added' in said) router.refresh();
  };
  if (answer && 'added' in answer) return <Outcome outcome={answer} close={close} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void add(text);
      }}
    >
      <Stack>
        <Textarea
          label="Addresses"
          description="One a line, or parted by commas. It acts at once, also on campaigns that are being sent."
          placeholder={'ann@example.com\nben@example.org'}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={6}
          maxRows={14}
          spellCheck={false}
          data-autofocus
        />
        <TextInput
          label="Why (optional)"
          description="Shown beside each of them."
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={200}
        />
        <ProblemAlert problem={answer?.problem} />
        <Group justify="space-between">
          <FileButton accept=".csv,.txt,text/csv,text/plain" onChange={(file) => file && void add(file)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                loading={pending}
                leftSection={<IconFileText size={16} aria-hidden />}
              >
                Choose a file instead
              </Button>
            )}
          </FileButton>
          <Button type="submit" loading={pending} disabled={text.trim() === ''}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Outcome({ outcome, close }: { outcome: SuppressedMany; close: () => void }) {
  const { added, already, invalid, examples } = outcome;
  const addresses = (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'address' : 'addresses'}`;
  return (
    <Stack>
      <Text fz="sm" component="output">
        {addresses(added)} added.
        {already > 0 && ` ${already.toLocaleString('en')} ${already === 1 ? 'was' : 'were'} there already.`}
      </Text>
      {invalid > 0 && (
        <Text fz="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {addresses(invalid)} could not be read, and nothing was done about them: {examples.join(', ')}
          {invalid > examples.length && ' …'}
        </Text>
      )}
      <Group justify="flex-end">
        <Button onClick={close} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
