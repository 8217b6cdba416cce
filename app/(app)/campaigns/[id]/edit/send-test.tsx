'use client';

import { Alert, Box, Button, Group, List, Modal, Stack, TagsInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { Result } from '@/lib/errors';
import type { CampaignId, ContactId } from '@/lib/ids';
import { sendTestAction } from './actions';

type Props = {
  id: CampaignId;
  ownAddress: string;
  contactId: ContactId | null;
  flush: () => Promise<boolean>;
};

type Outcome = { to: string; ok: boolean; message: string };

/** Sends the message as it stands to a few addresses, through the same pipeline as the real thing. */
export function SendTest({ id, ownAddress, contactId, flush }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const [to, setTo] = useState([ownAddress]);
  const [unsaved, setUnsaved] = useState(false);
  const [results, setResults] = useState<Outcome[]>();
  const send = async (addresses: string[]): Promise<Result<Outcome[] | undefined>> => {
    setResults(undefined);
    const saved = await flush();
    setUnsaved(!saved);
    if (!saved) return { ok: true, value: undefined };
    const sent = await sendTestAction({ id, to: addresses, contactId });
    return sent.ok ? { ok: true, value: sent.value.results } : sent;
  };
  const { run, pending, problem, fields } = useAction(send);
  return (
    <>
      <Button variant="default" onClick={open}>
        Send test
      </Button>
      <Modal opened={opened} onClose={close} title="Send a test">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!pending) run(to, setResults);
          }}
        >
          <Stack>
            <TagsInput
              label="To"
              description="Up to 10 addresses; press Enter after each. The subject begins with [Test], and nothing is counted."
              value={to}
              onChange={setTo}
              maxTags={10}
              splitChars={[',', ';', ' ']}
              acceptValueOnBlur
              error={fields.to}
              data-autofocus
            />
            {unsaved && (
              <Alert
                color="red"
                variant="light"
                icon={<IconAlertCircle size={18} aria-hidden />}
                role="alert"
              >
                The last changes are not saved yet, so no test was sent. Try again when the page says “Saved”.
              </Alert>
            )}
            {problem && <FieldProblems message={problem.message} fields={fields} />}
            <ProblemAlert problem={problem} />
            {results && <Outcomes results={results} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Close
              </Button>
              <Button type="submit" loading={pending} disabled={to.length === 0}>
                Send test
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

/** What is wrong with the campaign itself has no field in this dialog. */
function FieldProblems({ message, fields }: { message: string; fields: Record<string, string> }) {
  if (Object.keys(fields).every((field) => field === 'to')) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} aria-hidden />} role="alert">
      {message}
    </Alert>
  );
}

function Outcomes({ results }: { results: Outcome[] }) {
  return (
    <Box component="output" aria-live="polite">
      <List spacing={6} listStyleType="none">
        {results.map((result) => (
          <List.Item
            key={result.to}
            icon={
              result.ok ? (
                <IconCheck size={16} color="var(--mantine-color-green-7)" aria-hidden />
              ) : (
                <IconAlertCircle size={16} color="var(--mantine-color-red-7)" aria-hidden />
              )
            }
          >
            <Text fz="sm">
              <b>{result.to}</b> {result.message}
            </Text>
          </List.Item>
        ))}
      </List>
    </Box>
  );
}
