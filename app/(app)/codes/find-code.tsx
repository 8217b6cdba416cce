'use client';

import { Button, Card, Stack, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { findCodeAction } from './actions';

/** Looks a code up that cannot be scanned. */
export function FindCode() {
  const [code, setCode] = useState('');
  const { run, pending, problem, fields } = useAction(findCodeAction);
  return (
    <Card maw={440} padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          run({ code });
        }}
      >
        <Stack>
          <ProblemAlert problem={fields.code ? undefined : problem} />
          <TextInput
            label="Code"
            description="Small letters, blanks and hyphens do not matter."
            placeholder="7K3M-9QXV-B2AT"
            size="md"
            autoComplete="off"
            autoCapitalize="characters"
            autoCorrect="off"
            spellCheck={false}
            maxLength={40}
            styles={{
              input: { letterSpacing: '0.04em', fontFamily: 'var(--mantine-font-family-monospace)' },
            }}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={fields.code}
          />
          <Button
            type="submit"
            size="md"
            loading={pending}
            leftSection={<IconSearch size={18} aria-hidden />}
          >
            Look it up
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
