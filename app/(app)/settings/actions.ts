'use server';

import { refresh } from 'next/cache';
import { authorizedAction } from '@/lib/action';
import { changeTracking, TrackingRule } from '@/lib/tracking/tracking-rule';
import { changeProfile } from '@/lib/workspaces/change-profile';
import { WorkspaceProfile } from '@/lib/workspaces/profile';
import { changeSendingRules, SendingRules } from '@/lib/workspaces/sending-rules';

export const changeProfileAction = authorizedAction(
  'settings:write',
  WorkspaceProfile,
  async (scope, profile) => {
    const changed = await changeProfile(scope, profile);
    if (changed.ok) refresh();
    return changed;
  },
);

export const changeSendingRulesAction = authorizedAction(
  'settings:write',
  SendingRules,
  async (scope, rules) => {
    const changed = await changeSendingRules(scope, rules);
    if (changed.ok) refresh();
    return changed;
  },
);

export const changeTrackingAction = authorizedAction('settings:write', TrackingRule, async (scope, rule) => {
  const changed = await changeTracking(scope, rule);
  if (changed.ok) refresh();
  return changed;
});
