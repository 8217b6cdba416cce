import type { ReactNode } from 'react';
import { Shell } from '@/components/shell';
import { countOpenAlerts } from '@/lib/alerts/list-alerts';
import { may, permissionsOf } from '@/lib/auth/policy';
import { currentMember } from '@/lib/auth/session';
import { signOutAction } from '../(auth)/actions';
import { findCampaignsAction } from './campaigns/actions';
import { chooseWorkspaceAction, leaveWorkspaceAction } from './workspace-actions';

/** The frame only. It guards nothing: each page is an authorizedPage. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const member = await currentMember();
  if (!member) return children;
  const { name, email } = member.session.user;
  return (
    <Shell
      workspace={member.workspace.name}
      workspaces={{
        here: member.scope.workspaceId,
        all: member.memberships.map(({ workspaceId, name: called }) => ({ workspaceId, name: called })),
        choose: chooseWorkspaceAction,
        leave: leaveWorkspaceAction,
      }}
      permissions={permissionsOf(member.scope)}
      alerts={may(member.scope, 'system:read') ? await countOpenAlerts(member.scope) : 0}
      findCampaigns={findCampaignsAction}
      person={{ name, email }}
      signOut={signOutAction}
    >
      {children}
    </Shell>
  );
}
