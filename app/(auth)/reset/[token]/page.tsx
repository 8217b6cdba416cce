import type { Metadata } from 'next';
import { findPasswordReset } from '@/lib/auth/password-reset';
import { LinkGone } from './link-gone';
import { ResetForm } from './reset-form';

export const metadata: Metadata = { title: 'Choose a new password', referrer: 'no-referrer' };

type Props = { params: Promise<{ token: string }> };

/** Opening it changes nothing: programs follow links in mail before people do. */
export default async function ResetPage({ params }: Props) {
  const { token } = await params;
  return (await findPasswordReset(token)) ? <ResetForm token={token} /> : <LinkGone />;
}
