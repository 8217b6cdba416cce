'use client';

import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from '@/components/link';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { signInAction } from '../actions';

type Props = {
  /** Known already: the address that an invitation is for. */
  address?: string;
  /** Where to go on. */
  next?: string;
};

export function SignInForm({ address = '', next }: Props) {
  const [email, setEmail] = useState(address);
  const [password, setPassword] = useState('');
  const { run, pending, problem, fields } = useAction(signInAction);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run({ email, password, next });
      }}
    >
      <Stack>
        <ProblemAlert problem={problem} />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={fields.email}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={fields.password}
        />
        <Button type="submit" loading={pending} fullWidth size="md" mt="xs">
          Sign in
        </Button>
        <Anchor component={Link} href="/forgot" fz="sm" ta="center">
          Forgot your password?
        </Anchor>
      </Stack>
    </form>
  );
}
