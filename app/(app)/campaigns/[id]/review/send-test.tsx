'use client';

import { Alert, Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from '@/components/link';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { TestResult } from '@/lib/campaigns/send-test';
import { sendTestAction } from '../../actions';

type Props = { id: string; own: string; isSandbox: boolean };

/** Through the same pipeline as the real thing, marked as a test, counted nowhere. */
export function SendTest({ id, own, isSandbox }: Props) {
  const [to, setTo] = useState(own);
  const [results, setResults] = useState<TestResult[]>();
  const { run, pending, problem, fields } = useAction(sendTestAction);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (pending) return;
        setResults(undefined);
        run({ id, to }, (value) => setResults(value.results));
      }}
    >
      <Stack gap="sm" mt="xs">
        <Group align="flex-end" gap="xs">
          <TextInput
            label="Send a test to"
            description="One address, or up to ten with commas between them."
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={fields.to}
            flex="1 1 16rem"
            inputMode="email"
            autoComplete="email"
          />
          <Button type="submit" variant="default" loading={pending}>
            Send test
          </Button>
        </Group>
        <ProblemAlert problem={problem} />
        {results && <Results results={results} isSandbox={isSandbox} />}
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
      icon={failed ? <IconX aria-hidden /> : <IconCheck aria-hidden />}
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
