import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { hasUsers } from '@/lib/auth/sign-in';
import { countryOptions, timeZoneOptions } from '@/lib/workspaces/places';
import { SetUpForm } from './set-up-form';

export const metadata: Metadata = { title: 'Welcome' };
export const dynamic = 'force-dynamic';

export default async function SetUpPage() {
  if (await hasUsers()) redirect('/sign-in');
  return <SetUpForm countries={countryOptions()} timeZones={timeZoneOptions()} />;
}
