import { Card, Title } from '@mantine/core';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentSession } from '@/lib/auth/session';
import { hasUsers } from '@/lib/auth/sign-in';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage() {
  if (!(await hasUsers())) redirect('/setup');
  if (await currentSession()) redirect('/');
  return (
    <Card maw={400} mx="auto" padding="xl">
      <Title order={1} mb="md">
        Sign in
      </Title>
      <SignInForm />
    </Card>
  );
}
