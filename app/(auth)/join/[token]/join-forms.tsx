'use client';

import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { SignInForm } from '../../sign-in/sign-in-form';
import { joinAction } from './actions';

type Props = { token: string; email: string | null; hasAccount: boolean };

/** For whoever is not signed in: a new account, or the one that they have. */
export function JoinForms({ token, email, hasAccount }: Props) {
  const [signsIn, setSignsIn] = useState(hasAccount);
  return (
    <Stack>
      <Title order={2}>{signsIn ? 'Sign in to accept' : 'Make your account'}</Title>
      {signsIn ? (
        <SignInForm address={email ?? ''} next={`/join/${token}`} />
      ) : (
        <NewAccountForm token={token} email={email} />
      )}
      {!(hasAccount && signsIn) && (
        <Text fz="sm" c="dimmed">
          {signsIn ? 'No account yet? ' : 'Do you have an account already? '}
          <Anchor
            component="button"
            type="button"
            inherit
            underline="always"
            onClick={() => setSignsIn(!signsIn)}
          >
            {signsIn ? 'Make one' : 'Sign in'}
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}

function NewAccountForm({ token, email }: { token: string; email: string | null }) {
  const [form, setForm] = useState({ name: '', email: email ?? '', password: '' });
  const { run, pending, problem, fields } = useAction(joinAction);
  const set = (changes: Partial<typeof form>) => setForm((current) => ({ ...current, ...changes }));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) run({ token, ...form });
      }}
    >
      <Stack>
        <ProblemAlert problem={problem} />
        <TextInput
          label="Your name"
          autoComplete="name"
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={fields.name}
        />
        <TextInput
          label="E-mail"
          description={email ? 'The invitation is for this address.' : undefined}
          type="email"
          autoComplete="username"
          readOnly={email !== null}
          value={form.email}
          onChange={(event) => set({ email: event.currentTarget.value })}
          error={fields.email}
        />
        <PasswordInput
          label="Password"
          description="At least 10 characters."
          autoComplete="new-password"
          value={form.password}
          onChange={(event) => set({ password: event.currentTarget.value })}
          error={fields.password}
        />
        <Button type="submit" loading={pending}>
          Make account and join
        </Button>
      </Stack>
    </form>
  );
}
