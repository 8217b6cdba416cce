'use client';

import { Alert, Anchor, Button, Group, Stack, TagsInput, Text } from '@mantine/core';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from '@/components/link';
import { useAction } from '@/components/use-action';
import type { TestResult } from '@/lib/campaigns/send-test';
import type { Channel } from '@/lib/db/states';
import { fail } from '@/lib/errors';
import type { CampaignId, ContactId } from '@/lib/ids';
import { sendTestAction } from './actions';

type Props = {
  id: CampaignId;
  channel: Channel;
  ownAddress: string;
  /** Whose values it gets; null: those of anybody on the lists. */
  contactId: ContactId | null;
  isSandbox?: boolean;
  /** Saves what is not saved yet; false: it could not. */
  flush?: () => Promise<boolean>;
};

/** Sends the message as it stands to a few addresses, through the same pipeline as the real thing. */
export function TestForm({ id, channel, ownAddress, contactId, isSandbox = false, flush }: Props) {
  const [to, setTo] = useState(ownAddress === '' ? [] : [ownAddress]);
  const [results, setResults] = useState<TestResult[]>();
  const send = async (addresses: string[]) => {
    setResults(undefined);
    if (flush && !(await flush()))
      return fail(
        'conflict',
        'The last changes are not saved yet, so no test was sent. Try again when the page says “Saved”.',
      );
    return sendTestAction({ id, to: addresses, contactId });
  };
  const { run, pending, problem, fields } = useAction(send);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) run(to, (value) => setResults(value.results));
      }}
    >
      <Stack gap="sm" mt="xs">
        <TagsInput
          label="Send a test to"
          description={
            channel === 'email'
              ? 'Up to 10 addresses; press Enter after each. The subject begins with [Test], and nothing is counted.'
              : 'Up to 10 phone numbers, with + and the country; press Enter after each. Its link leads to an example.'
          }
          value={to}
          onChange={setTo}
          maxTags={10}
          splitChars={channel === 'email' ? [',', ';', ' '] : [',', ';']}
          acceptValueOnBlur
          error={fields.to}
          data-autofocus
        />
        {problem && !fields.to && (
          <Alert color="red" variant="light" icon={<IconAlertCircle size={18} aria-hidden />} role="alert">
            {problem.message}
          </Alert>
        )}
        {results && <Results results={results} isSandbox={isSandbox} />}
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={pending}>
            Send test
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Results({ results, isSandbox }: { results: TestResult[]; isSandbox: boolean }) {
  const failed = results.some((result) => !result.ok);
  return (
    <Alert
      color={failed ? 'red' : 'teal'}
      role="status"
      icon={failed ? <IconAlertCircle aria-hidden /> : <IconCheck aria-hidden />}
    >
      {results.map((result) => (
        <Text key={result.to} fz="sm" style={{ overflowWrap: 'anywhere' }}>
          <strong>{result.to}</strong>: {result.message}
        </Text>
      ))}
      {isSandbox && !failed && (
        <Anchor component={Link} href="/sandbox" fz="sm" underline="always">
          Read it in the sandbox inbox
        </Anchor>
      )}
    </Alert>
  );
}
