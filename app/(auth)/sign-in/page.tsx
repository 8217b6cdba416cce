import { Alert, Card, Title } from '@mantine/core';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentSession } from '@/lib/auth/session';
import { hasUsers } from '@/lib/auth/sign-in';
import { Next } from '../start-session';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

type Props = { searchParams: Promise<{ password?: string | string[]; next?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  if (!(await hasUsers())) redirect('/setup');
  const { password, next: asked } = await searchParams;
  const next = Next.safeParse(asked).data;
  if (await currentSession()) redirect(next ?? '/');
  const isPasswordNew = password === 'changed';
  return (
    <Card maw={400} mx="auto" padding="xl">
      <Title order={1} mb="md">
        Sign in
      </Title>
      {isPasswordNew && (
        <Alert color="teal" variant="light" role="status" mb="md">
          Your password was changed, and you were signed out everywhere. Sign in with the new one.
        </Alert>
      )}
      <SignInForm next={next} />
    </Card>
  );
}
