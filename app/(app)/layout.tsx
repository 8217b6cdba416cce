import type { ReactNode } from 'react';
import { Shell } from '@/components/shell';
import { currentMember } from '@/lib/auth/session';
import { signOutAction } from '../(auth)/actions';

/** The frame only. It guards nothing: each page is an authorizedPage. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const member = await currentMember();
  if (!member) return children;
  const { name, email } = member.session.user;
  return (
    <Shell workspace={member.workspace.name} person={{ name, email }} signOut={signOutAction}>
      {children}
    </Shell>
  );
}
