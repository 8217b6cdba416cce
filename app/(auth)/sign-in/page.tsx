import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentSession } from '@/lib/auth/session';
import { hasUsers } from '@/lib/auth/sign-in';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

type Props = { searchParams: Promise<{ password?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  if (!(await hasUsers())) redirect('/setup');
  if (await currentSession()) redirect('/');
  return <SignInForm isPasswordNew={(await searchParams).password === 'changed'} />;
}
