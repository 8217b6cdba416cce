'use client';

import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { SenderId } from '@/lib/ids';
import { checkDomainAction } from '../actions';

type Props = { id: SenderId; selectors: string; again: boolean };

/** Asks the DNS now, with the selectors that somebody enters. */
export function CheckDomain({ id, selectors: initial, again }: Props) {
  const [selectors, setSelectors] = useState(initial);
  const { run, pending, problem, fields } = useAction(checkDomainAction);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run({ id, selectors });
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          label="DKIM selectors"
          description="Your mail provider names them, such as “resend” or “s1, s2”. Leave empty to try the usual ones."
          value={selectors}
          onChange={(event) => setSelectors(event.currentTarget.value)}
          error={fields.selectors}
          autoComplete="off"
          flex="1 1 16rem"
        />
        <Button type="submit" variant="default" loading={pending}>
          {again ? 'Check again' : 'Check the domain'}
        </Button>
      </Group>
      <ProblemAlert problem={problem} />
    </form>
  );
}
